"""Changes: requested, assessed, planned with a way back, approved, carried out by the plan, verified (§3.4)."""
