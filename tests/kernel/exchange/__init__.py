"""The library in files."""
