"""The pages of change management that are not derived."""
