"""Watching the gateway: logs, metrics and alerts, all fed by the facts that the core tells. No personal data."""
