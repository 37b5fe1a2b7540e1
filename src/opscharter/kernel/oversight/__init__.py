"""Watching over the audit trail: reading it, taking it away, verifying it on schedule (§7.4.2)."""
