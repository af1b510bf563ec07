"""Traces: equal runs have equal digests, and the first difference is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import VirtualTime
from simulator.trace import Event, Trace, first_difference


def trace_of(texts: list[str], kept_max: int = 100) -> Trace:
    trace = Trace(VirtualTime(), kept_max)
    for text in texts:
        trace.add("step", text)
    return trace


@given(st.lists(st.text(max_size=5), max_size=20), st.lists(st.text(max_size=5), max_size=20))
def test_digests_are_equal_exactly_when_the_events_are(first: list[str], second: list[str]) -> None:
    plain_first = [text.replace("\0", "") for text in first]
    plain_second = [text.replace("\0", "") for text in second]

    same = trace_of(plain_first).digest == trace_of(plain_second).digest

    assert same == (plain_first == plain_second)


def test_memory_addresses_are_blotted_out() -> None:
    one, other = trace_of(["<Task at 0x7f00aa11>"]), trace_of(["<Task at 0x7f00bb22>"])

    assert one.digest == other.digest
    assert one.events == other.events


def test_the_digest_covers_events_that_are_not_kept() -> None:
    one, other = trace_of(["a"] * 5 + ["b"], kept_max=3), trace_of(["a"] * 5 + ["c"], kept_max=3)

    assert one.digest != other.digest
    assert len(one.events) == 3
    assert one.count == 6


def test_the_digest_does_not_depend_on_when_it_is_asked_for() -> None:
    one, other = trace_of([]), trace_of([])
    for text in map(str, range(5_000)):
        one.add("step", text)
        other.add("step", text)
        if text.endswith("7"):
            _ = other.digest

    assert one.digest == other.digest


def test_nothing_after_the_end_of_the_run_counts() -> None:
    trace = trace_of(["a"])
    before = trace.digest
    trace.seal()
    trace.add("step", "clean-up")

    assert trace.digest == before


def test_the_first_difference_is_named() -> None:
    first = [Event(0, "step", "a"), Event(1, "sql", "SELECT")]
    second = [Event(0, "step", "a"), Event(1, "sql", "INSERT")]

    assert str(first_difference(first, second)) == "event 1: 0.000000 sql SELECT | 0.000000 sql INSERT"
    assert str(first_difference(first, first[:1])) == "event 1: 0.000000 sql SELECT | the end"
    assert str(first_difference([], first)) == "event 0: the end | 0.000000 step a"
    assert first_difference(first, first) is None
