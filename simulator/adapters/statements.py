"""What a SQL statement touches, read from its text: the name of a step and the footprint for sleep sets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from simulator.footprint import Footprint

_TABLE = r'["`\[]?([A-Za-z_][\w$.]*)["`\]]?'
_WRITES = re.compile(
    rf"^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+{_TABLE}",
    re.IGNORECASE,
)
_READS = re.compile(rf"\b(?:FROM|JOIN)\s+{_TABLE}", re.IGNORECASE)
_VERB = re.compile(r"^\s*([A-Za-z]+)")
_WRITE_LOCK = "(write lock)"
_WHOLE = "(database)"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement's verb and its tables, in lower case."""

    verb: str
    writes: frozenset[str]
    reads: frozenset[str]
    label: str
    """The verb and the first table, as a choice shows it: `INSERT booking`."""


@lru_cache(maxsize=2048)
def parse_statement(text: str) -> Statement:
    """Read one statement; text that is no SQL gives the verb '?' and no tables."""
    verb = match[1].upper() if (match := _VERB.match(text)) else "?"
    write = _WRITES.match(text)
    writes = {write[1].lower()} if write else set()
    reads = {name.lower() for name in _READS.findall(text)} - writes
    label = " ".join([verb, *(sorted(writes) or sorted(reads))[:1]])
    return Statement(verb=verb, writes=frozenset(writes), reads=frozenset(reads), label=label)


@dataclass(slots=True)
class TransactionFootprint:
    """What the steps of one connection touch, as other connections can notice it.

    A write is noticed through the one write lock at once, through its rows at COMMIT only; reads commute.
    `per_table` holds where each read stands alone (no snapshot, a WAL journal); otherwise a read concerns
    the whole database. Code between statements is taken to share no memory with other callers.
    """

    per_table: bool
    _written: frozenset[str] = frozenset()

    def of(self, text: str) -> Footprint | None:
        """The footprint of the connection's next step; None (touches everything) when the text is not understood."""
        statement = parse_statement(text)
        match statement.verb:
            case "SELECT":
                return Footprint(reads=self._noticed(statement.reads))
            case "INSERT" | "REPLACE" | "UPDATE" | "DELETE":
                self._written |= statement.writes
                return Footprint(reads=self._noticed(statement.reads), writes=frozenset({_WRITE_LOCK}))
            case "COMMIT" | "ROLLBACK":
                return self._end(published=statement.verb == "COMMIT")
            case "BEGIN" if "IMMEDIATE" in text.upper():
                return Footprint(reads=frozenset({_WHOLE}), writes=frozenset({_WRITE_LOCK}))
            case "BEGIN":
                return Footprint()
        return None

    def _end(self, *, published: bool) -> Footprint:
        written, self._written = self._written, frozenset()
        if not written and self.per_table:
            return Footprint()
        rows = self._noticed(written) if published or not self.per_table else frozenset()
        return Footprint(writes=rows | {_WRITE_LOCK})

    def _noticed(self, tables: frozenset[str]) -> frozenset[str]:
        return tables if self.per_table else frozenset({_WHOLE})
