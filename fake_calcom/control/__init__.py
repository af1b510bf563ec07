"""The control door `/__fake__/`: what a tester can do that nobody can do with Cal.com."""
