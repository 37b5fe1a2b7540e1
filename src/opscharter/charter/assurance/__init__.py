"""What the parts of this chapter share: who owns a thing, which clauses it speaks of, and when it is due."""
