"""Incident synthesis: from what was logged to the smallest set of circumstances that brings exactly that about."""
