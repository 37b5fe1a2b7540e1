"""Documents to print, send and sign: set by typst with the house's own look."""
