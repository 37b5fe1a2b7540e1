"""Compliance packs: what the regulation asks and how it was kept, for one customer and period, to hand over."""
