"""The register of decisions, with what follows from each."""
