"""Amending the regulation: draft, redline, rehearsal, approval, publication."""
