"""Maintenance: plans that make work orders ahead of time, done item by item, missed ones shown (§2.2.4)."""
