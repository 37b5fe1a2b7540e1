"""Frameworks: which requirements of standards the clauses keep, and how those stand."""
