"""The gateway's HTTP face: Retell's function calls and webhooks, Cal.com's webhooks, health and metrics."""
