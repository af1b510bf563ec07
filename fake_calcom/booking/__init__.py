"""The use cases around a booking, from a checked request to a stored row."""
