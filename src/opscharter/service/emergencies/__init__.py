"""Contingency plans and the running of emergencies (§3.3.1)."""
