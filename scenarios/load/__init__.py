"""Load with real processes, real sockets and a real database, judged by the same checkers as every simulation."""
