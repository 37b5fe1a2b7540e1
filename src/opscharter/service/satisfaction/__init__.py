"""Satisfaction: what customers say of closed tickets, and what follows from it."""
