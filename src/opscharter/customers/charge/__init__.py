"""Who is in charge of customers and contracts."""
