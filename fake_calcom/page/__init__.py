"""The page at `/__fake__/`: what happened, on a calendar and in lists, and the control door's verbs as buttons."""
