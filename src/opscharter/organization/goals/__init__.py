"""Goals: from the strategy of a year to what each post aims at, measured by the figures."""
