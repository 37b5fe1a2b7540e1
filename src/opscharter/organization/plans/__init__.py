"""Plans of departments for a year, a quarter or a month, and what is to be done under them."""
