"""What one run comes to, as the number that a command ends with."""

from __future__ import annotations

from scenarios.cli.exit_codes import ExitCode, violated
from scenarios.storm.checkers import LIVENESS
from simulator.checker import Verdict
from simulator.errors import HangError
from simulator.simulation import RunResult


def status_of(result: RunResult) -> ExitCode:
    """What a run comes to: 11 when nothing but liveness is violated. Who hangs has not come to an end either."""
    if result.verdict is Verdict.UNKNOWN:
        return ExitCode.INCONCLUSIVE
    objecting = set(objecting_to(result))
    hangs = result.error is not None and _is_hang(result.error)
    has_failed = result.error is not None and not hangs
    return violated(safety=has_failed or bool(objecting - {LIVENESS}), liveness=hangs or LIVENESS in objecting)


def objecting_to(result: RunResult) -> tuple[str, ...]:
    """The checkers that say no. One that cannot tell does not object."""
    return tuple(finding.checker for finding in result.findings if finding.verdict is Verdict.INVALID)


def _is_hang(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_hang(each) for each in error.exceptions)
    return isinstance(error, HangError)
