"""What happened once, one incident a file, and the reports' four test scenarios."""
