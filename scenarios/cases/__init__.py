"""The catalogue: cases for each layer, one row a case, and stories of callers for the whole system, one row a story."""
