"""Two web nodes and two workers on a PostgreSQL with a replica, behind nginx: what a kill of one of each costs."""
