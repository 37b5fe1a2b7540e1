"""Written once, run over every record type that the site lists."""
