"""Reading mail as it comes from anywhere: hostile, broken, in any charset. Knows no database."""
