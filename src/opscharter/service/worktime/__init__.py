"""Time spent on tickets, and what is left of the hours that a contract holds."""
