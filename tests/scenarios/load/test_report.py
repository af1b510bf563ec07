"""What a load run reports: verdicts, latencies from several gateways, the JSON without secrets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from booking_core.profiles import Promise
from scenarios.cli.exit_codes import ExitCode
from scenarios.load.latency import LAYER_METRIC, by_label, measured
from scenarios.load.report import document, lines, verdict_of
from scenarios.load.run import LoadResult
from scenarios.load.settings import LoadSettings, fault_rules, slots, world
from scenarios.load.webhooks import WebhookCounts

GOOD = LoadResult(
    settings=LoadSettings(database="postgresql://user:secret@db/test"),
    seconds=2.0,
    answers=50,
    unanswered=0,
    http_errors=(),
    given_up=0,
    statuses={"booked": 40, "unavailable": 10},
    faults={"503": 3, "slow": 0},
    rounds=1,
    appointments=40,
    bookings=40,
    broken={},
    unsettled=[],
    callers=measured([0.01, 0.02, 0.03]),
    layers={},
    calcom={},
    webhooks=WebhookCounts(sent=9, received=8, events=4, handled=4),
)
WITH_FAULTS = LoadSettings(faults=True)
TWICE = {Promise.NO_DUPLICATE: ["booking x has 2 appointments: 1, 2"]}
EXPOSITION = """# HELP slotproof_layer_seconds What a layer takes
# TYPE slotproof_layer_seconds histogram
slotproof_layer_seconds_bucket{layer="3",le="0.001"} 9.0
slotproof_layer_seconds_bucket{layer="3",le="0.01"} 10.0
slotproof_layer_seconds_bucket{layer="3",le="+Inf"} 10.0
slotproof_layer_seconds_count{layer="3"} 10.0
slotproof_layer_seconds_sum{layer="3"} 0.01
"""


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (GOOD, ExitCode.AS_EXPECTED),
        (replace(GOOD, broken=TWICE), ExitCode.SAFETY_VIOLATED),
        (replace(GOOD, broken=TWICE, unsettled=["attempt 1 has no known end"]), ExitCode.SAFETY_VIOLATED),
        (replace(GOOD, broken=TWICE, settings=LoadSettings(profile="unprotected")), ExitCode.AS_EXPECTED),
        (replace(GOOD, unsettled=["attempt 1 has no known end"]), ExitCode.LIVENESS_VIOLATED),
        (replace(GOOD, statuses={"pending": 50}), ExitCode.INCONCLUSIVE),
        (replace(GOOD, unanswered=2, http_errors=(500,)), ExitCode.AS_EXPECTED),
        (replace(GOOD, http_errors=(500, 500, 500), given_up=1), ExitCode.LIVENESS_VIOLATED),
        (replace(GOOD, unanswered=3, given_up=1, statuses={}), ExitCode.LIVENESS_VIOLATED),
        (replace(GOOD, unanswered=3, given_up=1, broken=TWICE), ExitCode.SAFETY_VIOLATED),
        (replace(GOOD, unanswered=3, given_up=1, settings=WITH_FAULTS), ExitCode.AS_EXPECTED),
        (replace(GOOD, unanswered=3, given_up=1, settings=WITH_FAULTS, statuses={}), ExitCode.INCONCLUSIVE),
    ],
)
def test_the_worst_that_was_found_is_the_verdict(result: LoadResult, verdict: ExitCode) -> None:
    assert verdict_of(result) is verdict


def test_the_report_names_what_is_broken_and_what_struck() -> None:
    told = "\n".join(lines(replace(GOOD, broken=TWICE)))

    assert "50 answers in 2.0 s: 25.0 a second" in told
    assert "faults that struck: 503 3\n" in told
    assert "webhooks: 9 sent, 8 received, 4 events; 4 handled once\n" in told
    assert "no duplicate: booking x has 2 appointments: 1, 2" in told
    assert told.endswith("safety violated")


def test_whoever_got_no_answer_is_counted_and_without_faults_objected_to() -> None:
    failing = replace(GOOD, unanswered=2, http_errors=(500, 503, 500, 500), given_up=2)

    told, with_faults = (list(lines(one)) for one in (failing, replace(failing, settings=WITH_FAULTS)))

    counts = "without an answer: 2, answered with an error: 4 (HTTP 500 3, HTTP 503 1), given up after 3 tries: 2"
    assert counts in told
    assert counts in with_faults
    assert told[-2:] == [
        "without faults, 2 requests got no usable answer in 3 tries each",
        "liveness violated: not everybody was answered or not everything settled in the end",
    ]
    assert document(failing)["unheard"] == told[-2:-1]
    assert with_faults[-1] == "kept what the profile promises"
    assert not any(line.startswith("without faults") for line in with_faults)


def test_the_json_is_json_and_holds_no_password() -> None:
    text = json.dumps(document(replace(GOOD, broken=TWICE)))

    assert "secret" not in text
    assert json.loads(text)["broken"] == {"no duplicate": ["booking x has 2 appointments: 1, 2"]}


def test_histograms_of_two_gateways_are_added_up() -> None:
    (layer,) = by_label([EXPOSITION, EXPOSITION], LAYER_METRIC, "layer").values()

    assert (layer.count, layer.p50, layer.p99) == (20, 0.001, 0.01)
    assert layer.mean == pytest.approx(0.001)


def test_what_takes_longer_than_the_last_bucket_is_null_in_json_and_said_in_the_table() -> None:
    some_are_slower = EXPOSITION.replace('le="0.01"} 10.0', 'le="0.01"} 9.0')
    layers = by_label([some_are_slower], LAYER_METRIC, "layer")
    slow = replace(GOOD, layers=layers)

    told = json.loads(json.dumps(document(slow), allow_nan=False))["layers"]["3"]

    assert (told["p50"], told["p99"]) == (0.001, None)
    (row,) = [line for line in lines(slow) if line.startswith("layer 3")]
    assert row.split() == ["layer", "3", "10", "1.000", "≤1.00", ">", "0.01", "s"]


def test_nothing_measured_is_no_latency() -> None:
    assert measured([]) is None


def test_the_fake_takes_the_world_and_the_faults() -> None:
    from fake_calcom import FakeCalcom

    fake = FakeCalcom(world=world())
    for rule in fault_rules(7):
        fake.faults.add(**rule)

    assert len(fake.faults) == len(fault_rules(7))


def test_the_slots_lie_ahead_and_within_what_reconciliation_sees() -> None:
    from datetime import UTC, datetime, timedelta

    today = datetime(2025, 10, 6, 12, tzinfo=UTC)

    wanted = slots(today)

    assert min(wanted).replace(tzinfo=UTC) > today + timedelta(days=1)
    assert max(wanted).replace(tzinfo=UTC) < today + timedelta(days=59)
