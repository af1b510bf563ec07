"""`slotproof db`: the gateway's database: its schema, and the repair of what went wrong in it."""
