"""Adapters that put third-party libraries inside a simulation; the engine itself needs the standard library only."""
