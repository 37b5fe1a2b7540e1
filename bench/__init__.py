"""Benchmarks: every figure one file, one driver (`python -m bench`); see README.md."""
