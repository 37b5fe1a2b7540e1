"""Incidents and service requests: what customers ask for and what has gone wrong (§3.1–§3.3)."""
