"""slotproof: fake_calcom."""
