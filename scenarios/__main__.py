"""`python -m scenarios` is `slotproof`."""

from __future__ import annotations

from scenarios.cli.main import run

if __name__ == "__main__":
    run()
