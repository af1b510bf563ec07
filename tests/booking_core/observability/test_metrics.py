"""Metrics count what the core tells; the Prometheus rules speak of series that exist."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from booking_core.domain.commands import Entry
from booking_core.domain.events import (
    AnswerReceived,
    BookingRequested,
    BookingSettled,
    BreakerMoved,
    CalcomAsked,
    ConstraintViolated,
    FalselyRejected,
    GhostFound,
    LayerJudged,
    OrphanFound,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Layer, LayerVerdict, Status, Verdict
from booking_core.observability.alerts import alert_rules
from booking_core.observability.metrics import Metrics
from tests.booking_core.calcom.scripted import START
from tests.booking_core.web.rig import gateway, wish


def told() -> Metrics:
    metrics = Metrics(30.0)
    stale = LayerVerdict(Layer.FRESHNESS, Verdict.STALE, "old", age_seconds=31.0)
    for fact in (
        BookingRequested(1, "call_1", Entry.COLLECT, START),
        AnswerReceived(1, "uid1", START, 31.0, "call_1", "call_1"),
        AnswerReceived(1, "uid1", START, 1.0, "call_1", "call_0"),
        AnswerReceived(1, "uid1", START, 1.0, "call_1", "call_1"),
        LayerJudged(1, 2, "uid1", START, stale, deciding=True, seconds=0.00002),
        LayerJudged(1, 2, "uid1", START, stale, deciding=False, seconds=0.00002),
        FalselyRejected(1, "uid1", 1),
        ConstraintViolated(1, "uid1"),
        BookingSettled(1, Entry.COLLECT, Status.DUPLICATE, None, None),
        GhostFound("uid1", "adopted"),
        OrphanFound(5, "cancelled"),
        CalcomAsked("create", "201", 0.2),
        UnsettledCounted(2, 61.0),
        BreakerMoved("open"),
    ):
        metrics(fact)
    return metrics


def test_every_fact_moves_its_series() -> None:
    text = told().exposition().decode()

    for line in (
        'slotproof_booking_requests_total{entry="collect"} 1.0',
        'slotproof_booking_outcomes_total{entry="collect",status="duplicate"} 1.0',
        "slotproof_calcom_bookings_total 3.0",
        "slotproof_calcom_repeats_total 2.0",
        'slotproof_layer_rejections_total{layer="1"} 1.0',
        'slotproof_layer_verdicts_total{layer="1",verdict="stale"} 2.0',
        'slotproof_false_rejections_total{layer="1"} 1.0',
        "slotproof_constraint_violations_total 1.0",
        'slotproof_ghosts_total{settled_as="adopted"} 1.0',
        'slotproof_orphans_total{settled_as="cancelled"} 1.0',
        'slotproof_calcom_requests_total{operation="create",result="201"} 1.0',
        "slotproof_attempts_unsettled 2.0",
        "slotproof_attempts_oldest_age_seconds 61.0",
        'slotproof_breaker_state{state="open"} 1.0',
        'slotproof_breaker_state{state="closed"} 0.0',
        'slotproof_layer_seconds_count{layer="1"} 2.0',
        'slotproof_calcom_seconds_count{operation="create"} 1.0',
    ):
        assert line in text.splitlines()


def test_two_registries_know_nothing_of_each_other() -> None:
    told()

    assert "slotproof_constraint_violations_total 0.0" in Metrics(30.0).exposition().decode()


def test_the_prometheus_rules_name_every_alert_and_only_series_that_exist() -> None:
    rules = (files("booking_core.observability") / "prometheus_rules.yml").read_text()
    exposed = told().exposition().decode()

    named = set(re.findall(r"slotproof_[a-z_]+", rules))
    assert {rule.name for rule in alert_rules()} <= set(re.findall(r"alert: (\w+)", rules))
    assert named
    assert [series for series in named if f"\n{series}" not in exposed] == []


async def test_no_series_tells_of_a_person(tmp_path: Path) -> None:
    metrics = Metrics(30.0)
    async with gateway(tmp_path, [metrics]) as rig:
        await rig.retell("collect-appointment", wish(email="ada@example.com"))

    text = metrics.exposition().decode()
    assert 'slotproof_booking_outcomes_total{entry="collect",status="booked"} 1.0' in text
    assert not re.search(r"Ada|Byron|@|49170|call_1", text)
