"""Complaints: recorded, owned, answered in time, closed with the customer."""
