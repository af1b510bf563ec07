"""What the fake knows: entities, the directory of them, and the store of bookings."""
