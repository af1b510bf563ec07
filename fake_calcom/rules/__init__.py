"""Pure decisions of Cal.com: no HTTP, no state, no clock of their own."""
