"""What teams promise each other beside the service level, and who is told when time runs out (§3.1.2, §3.3.2)."""
