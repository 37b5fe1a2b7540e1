"""Accounts: who can sign in, given and taken by whoever holds the right to, and never by oneself."""
