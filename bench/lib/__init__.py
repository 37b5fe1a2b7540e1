"""What every benchmark shares: a place to run in, the server, a client that times, memory, and the table of figures."""
