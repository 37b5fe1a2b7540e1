"""The library through the API."""
