"""Monitoring alerts: every delivery kept, every outage one incident, the duty called once (§3.1.1, §2.2.4)."""
