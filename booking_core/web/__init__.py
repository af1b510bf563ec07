"""The gateway over HTTP: Retell, Cal.com webhooks, health and metrics."""
