"""Who is on call: rosters with shifts, overrides, paging until somebody answers, and the hand-over (§1.3.3, §2.2.4)."""
