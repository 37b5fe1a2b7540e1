"""Attestations: where nothing in the records can show a clause, a named person confirms it with evidence."""
