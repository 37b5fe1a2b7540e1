"""Loading years of tickets through the product's own bulk path: `python -m bench.load` or `load()`."""
