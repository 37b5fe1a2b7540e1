"""Exceptions to a clause: asked for with a reason, approved by somebody else, and never for long."""
