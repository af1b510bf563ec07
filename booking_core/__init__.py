"""slotproof: booking_core."""
