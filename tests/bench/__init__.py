"""Measurements, one file a part; `python -m tests.bench [PART ...]` runs them and prints tables.

A part is a module of this package that has a `PART` (see `table.Part`); it is found by being here. Rates
are per second of processor time of one core unless a row says otherwise, and ratios are to a baseline
measured in the same run, because the machine may be busy.
"""
