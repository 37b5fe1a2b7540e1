"""A small library: the records with which the kernel is tested."""
