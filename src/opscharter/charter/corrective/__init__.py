"""Corrective items: a failing check raises one, and only the check closes it again."""
