"""The constants of the sizing model: what a request costs in processor time, in the web process and in the database."""
