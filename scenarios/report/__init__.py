"""What a person sees of a replay: a timeline, tables, JSON."""
