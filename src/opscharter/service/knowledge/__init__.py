"""The knowledge base: what has been learned, reviewed, kept current, and read by the house and by customers."""
