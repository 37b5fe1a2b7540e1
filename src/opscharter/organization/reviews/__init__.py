"""The monthly management review, built from live figures and frozen when it is held."""
