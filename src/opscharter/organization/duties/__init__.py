"""What each post owes by the regulation, and how that stands."""
