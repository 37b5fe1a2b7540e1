"""Service reports (§3.5.1) and the analysis of service data (§3.5.2)."""
