"""slotproof: simulator."""
