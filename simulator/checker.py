"""Judges of a run: what a checker is, and how several make one verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from simulator.errors import CheckerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.history import History


class Verdict(StrEnum):
    """VALID: the rule holds. INVALID: it is broken. UNKNOWN: nobody can say, which is never a pass."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one checker says, with its reasons when it is not VALID."""

    checker: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.checker}: {self.verdict}" + "".join(f"\n  {reason}" for reason in self.reasons)


class Checker(Protocol):
    """Judges a history. Reads nothing else, so that a recorded history can be judged again."""

    @property
    def name(self) -> str:
        """The rule's name."""
        ...

    def check(self, history: History) -> Finding:
        """Judge."""
        ...


def check_all(checkers: tuple[Checker, ...], history: History) -> list[Finding]:
    """What every checker says. One that raises is an error of the harness, whatever the others say."""
    findings = []
    for checker in checkers:
        try:
            findings.append(checker.check(history))
        except Exception as error:
            msg = f"checker {checker.name} raised {type(error).__name__}: {error}"
            raise CheckerError(msg) from error
    return findings


def worst(findings: Sequence[Finding]) -> Verdict:
    """INVALID outranks UNKNOWN, which outranks VALID."""
    verdicts = {finding.verdict for finding in findings}
    for verdict in (Verdict.INVALID, Verdict.UNKNOWN):
        if verdict in verdicts:
            return verdict
    return Verdict.VALID


class Composed:
    """Several checkers as one."""

    def __init__(self, name: str, *checkers: Checker) -> None:
        self.name = name
        self._checkers = checkers

    def check(self, history: History) -> Finding:
        """The worst verdict, with the reasons of all that are not VALID."""
        findings = check_all(self._checkers, history)
        reasons = [str(finding) for finding in findings if finding.verdict is not Verdict.VALID]
        return Finding(self.name, worst(findings), tuple(reasons))
