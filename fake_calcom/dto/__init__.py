"""Input shapes and the texts that Cal.com answers when they are broken."""
