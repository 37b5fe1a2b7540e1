"""What customers say of the service, and the answers they get."""
