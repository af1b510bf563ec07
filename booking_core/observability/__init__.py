"""Logs, metrics and alerts: observers of the core's events."""
