"""slotproof: scenarios."""
