"""The Cal.com client: wire shapes, retries of look-ups, the circuit breaker."""
