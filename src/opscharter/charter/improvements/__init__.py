"""The one improvement register (§1.3.4), fed from every chapter."""
