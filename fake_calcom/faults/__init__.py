"""A fault plan: which requests go wrong, when, in which phase and how; in order, counted, repeatable."""
