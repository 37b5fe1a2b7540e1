"""Who gets a ticket: skills, assignment rules with a dry run, and what becomes of what is declined (§3.1.2)."""
