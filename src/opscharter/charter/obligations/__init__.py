"""The register of laws, standards and contract obligations (§1.3.1)."""
