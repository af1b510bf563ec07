"""A deterministic simulator: one seed is one run of real asyncio code, in virtual time, on one thread."""
