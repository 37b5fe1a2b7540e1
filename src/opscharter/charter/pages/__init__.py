"""The readable regulation, its clauses, and the guard log."""
