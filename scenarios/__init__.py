"""The scenarios: incidents replayed, cases and storms, composed of simulator, fake Cal.com and booking core."""
