"""Callers at the same time: scenarios whose end depends on who comes first, to be explored rather than replayed."""
