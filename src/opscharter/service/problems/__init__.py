"""Problems and known errors: why incidents happen, and what keeps them from happening again (§3.3.2, §3.3.3)."""
