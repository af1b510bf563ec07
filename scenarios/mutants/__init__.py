"""Does the harness see: planted bugs, each with the named check that must catch it. `make mutants` runs them all."""
