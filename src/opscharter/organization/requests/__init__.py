"""What one department asks of another."""
