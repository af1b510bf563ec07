"""What a load run found, as lines for a person and as JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from scenarios.cli.exit_codes import ExitCode, violated
from scenarios.load.callers import RETELL_TRIES
from scenarios.load.latency import Latency
from scenarios.load.run import LoadResult

SENTENCES_MAX = 10


def verdict_of(result: LoadResult) -> ExitCode:
    """Safety first, then liveness; a run in which nobody was booked proves nothing."""
    liveness = bool(result.unsettled or result.unheard)
    if result.violations or liveness:
        return violated(safety=bool(result.violations), liveness=liveness)
    return ExitCode.AS_EXPECTED if result.statuses.get("booked") else ExitCode.INCONCLUSIVE


def lines(result: LoadResult) -> Iterator[str]:
    """The report, a line each."""
    yield f"{result.answers} answers in {result.seconds:.1f} s: {result.per_second:.1f} a second"
    yield "heard: " + ", ".join(f"{status} {count}" for status, count in result.statuses.items())
    if result.unanswered or result.http_errors:
        yield _failures(result)
    struck = {name: hits for name, hits in result.faults.items() if hits}
    if struck:
        yield "faults that struck: " + ", ".join(f"{name} {hits}" for name, hits in struck.items())
    yield f"{result.appointments} appointments, {result.bookings} bookings, {result.rounds} rounds of reconciliation"
    hooks = result.webhooks
    yield f"webhooks: {hooks.sent} sent, {hooks.received} received, {hooks.events} events; {hooks.handled} handled once"
    yield from _latencies(result)
    for promise, found in result.broken.items():
        if promise not in result.promised:
            yield f"broken, and not promised by {result.settings.profile}: {promise}, {len(found)} times, as {found[0]}"
    yield from _sentences(result.violations)
    yield from _sentences(result.unsettled)
    yield from result.unheard
    yield _VERDICTS[verdict_of(result)]


def document(result: LoadResult) -> dict[str, Any]:
    """Everything as JSON values."""
    values = asdict(result)
    values["settings"].pop("database")  # it may hold a password
    return values | {
        "per_second": result.per_second,
        "violations": result.violations,
        "unheard": result.unheard,
        "broken": {str(promise): found for promise, found in result.broken.items()},
        "verdict": verdict_of(result).name.lower(),
    }


_VERDICTS = {
    ExitCode.AS_EXPECTED: "kept what the profile promises",
    ExitCode.SAFETY_VIOLATED: "safety violated",
    ExitCode.LIVENESS_VIOLATED: "liveness violated: not everybody was answered or not everything settled in the end",
    ExitCode.INCONCLUSIVE: "inconclusive: nobody was booked",
}


def _failures(result: LoadResult) -> str:
    told = f"without an answer: {result.unanswered}, answered with an error: {len(result.http_errors)}"
    by_status = ", ".join(f"HTTP {status} {count}" for status, count in Counter(result.http_errors).most_common())
    return f"{told}{f' ({by_status})' if by_status else ''}, given up after {RETELL_TRIES} tries: {result.given_up}"


def _latencies(result: LoadResult) -> Iterator[str]:
    yield f"{'milliseconds':<28}{'count':>8}{'mean':>10}{'p50':>10}{'p99':>10}"
    if result.callers is not None:
        yield _latency("whole answer, as heard", result.callers, "")
    for name, one in result.layers.items():
        yield _latency(f"layer {name}", one, "≤")
    for name, one in result.calcom.items():
        yield _latency(f"Cal.com {name}", one, "≤")


def _latency(name: str, one: Latency, sign: str) -> str:
    p50, p99 = (
        f"> {one.edge:g} s" if seconds is None else f"{sign}{seconds * 1000:.2f}" for seconds in (one.p50, one.p99)
    )
    return f"{name:<28}{one.count:>8}{one.mean * 1000:>10.3f}{p50:>10}{p99:>10}"


def _sentences(found: list[str]) -> Iterator[str]:
    yield from found[:SENTENCES_MAX]
    if len(found) > SENTENCES_MAX:
        yield f"… and {len(found) - SENTENCES_MAX} more"
