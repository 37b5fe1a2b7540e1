"""What a network scan found, held against the register: known, different, unknown, missing."""
