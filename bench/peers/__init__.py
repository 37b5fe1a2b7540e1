"""Other ticket systems with the same tickets on the same machine in the same run."""
