"""The documented log searches find real log lines, and no line tells of a person."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from booking_core.domain.events import (
    BreakerMoved,
    CalcomAsked,
    ConstraintViolated,
    CreateRefused,
    CreateUnknown,
    Event,
    FalselyRejected,
    GhostFound,
    LayerJudged,
    OrphanFound,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Layer, LayerVerdict, Verdict
from booking_core.observability.logs import EventLog, impersonal, make_logger
from booking_core.profiles import AttendeeIdentity, Profile, profiles
from tests.booking_core.calcom.scripted import books
from tests.booking_core.web.rig import StandingClock, call_body, gateway, wish


class Log:
    """A log in memory, and searches in it."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.events = EventLog(make_logger(self.stream, StandingClock()), 30.0)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def grep(self, words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines() if words in line]


def shared(name: str) -> Profile:
    return profiles()[name].with_identity(AttendeeIdentity.SHARED)


OLD = "2025-10-06T08:31:21.002Z"
FRESH = "2025-10-06T09:05:21.002Z"


async def test_a_stale_foreign_booking_is_found_by_every_documented_search(tmp_path: Path) -> None:
    log = Log()
    foreign = {"name": "Hansi Sputer", "email": "termin@askproai.de", "phoneNumber": "+491511111111"}
    async with gateway(tmp_path, [log.events], profile=shared("recommended")) as rig:
        rig.calcom.reactions = [books(createdAt=OLD, metadata={"call_id": "call_0"}, attendees=[foreign])]

        await rig.retell("collect-appointment", wish())

    stale = log.grep("STALE BOOKING DETECTED")[0]
    mismatch = log.grep("CALL ID MISMATCH")[0]
    assert len(log.grep("DUPLICATE BOOKING PREVENTION")) == 2
    assert stale["message"] == "DUPLICATE BOOKING PREVENTION: Stale booking detected"
    assert stale["age_seconds"] == pytest.approx(2043.998)
    assert (stale["threshold_seconds"], stale["booking_id"], stale["deciding"]) == (30.0, "uid1", True)
    assert (mismatch["expected_call_id"], mismatch["received_call_id"]) == ("call_1", "call_0")
    assert {"new_call_id", "new_customer_id", "existing_call_id", "reason", "created_at"} <= stale.keys()


async def test_a_second_call_for_one_booking_is_logged_as_already_existing(tmp_path: Path) -> None:
    log = Log()
    only_layer_3 = shared("recommended").without(Layer.FRESHNESS, Layer.CALL_IDENTITY)
    async with gateway(tmp_path, [log.events], profile=only_layer_3) as rig:
        await rig.retell("collect-appointment", wish())
        await rig.retell("collect-appointment", wish() | {"call": call_body("call_2", "+491702222222")})

    line = log.grep("APPOINTMENT ALREADY EXISTS")[0]
    assert line["message"].startswith("DUPLICATE BOOKING PREVENTION: ")
    assert (line["existing_call_id"], line["new_call_id"]) == (1, 2)
    assert (line["existing_customer_id"], line["new_customer_id"]) == (1, 2)


async def test_a_success_tells_what_was_verified_and_how_old_the_answer_was(tmp_path: Path) -> None:
    log = Log()
    async with gateway(tmp_path, [log.events]) as rig:
        rig.calcom.reactions = [books(createdAt=FRESH)]

        await rig.retell("collect-appointment", wish())

    success = log.grep("booking successful and validated")[0]
    age = log.grep("age analysis")[0]
    assert success["verified"]
    assert (age["age_seconds"], age["is_fresh"]) == (pytest.approx(3.998), True)
    assert (age["call_id_sent"], age["call_id_received"]) == ("call_1", "call_1")


async def test_no_line_tells_of_a_person(tmp_path: Path) -> None:
    log = Log()
    persons = ["Hansi", "Sputer", "Ada Byron", "49151", "491701234567", "ada@", "@example.com", "termin"]
    foreign = {"name": "Hansi Sputer", "email": "hansi@example.com", "phoneNumber": "+491511111111"}
    async with gateway(tmp_path, [log.events], profile=shared("hardened")) as rig:
        rig.calcom.reactions = [books(createdAt=OLD, metadata={}, attendees=[foreign])]
        heard = await rig.retell("collect-appointment", wish(email="ada@example.com"))

    written = log.stream.getvalue()
    assert log.lines()
    assert [word for word in persons if word in written] == []
    assert "Hansi" not in str(heard.body)


FACTS: list[Event] = [
    CreateRefused(1, 400, "User either already has booking"),
    CreateUnknown(1, "no whole answer"),
    FalselyRejected(1, "uid1", 1),
    ConstraintViolated(1, "uid1"),
    GhostFound("uid1", "adopted"),
    OrphanFound(5, "cancelled"),
    BreakerMoved("open"),
    CalcomAsked("create", "201", 0.1),
    UnsettledCounted(2, 61.0),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_fact_is_one_line_with_a_message_an_event_a_level_and_the_gateways_time(fact: Event) -> None:
    log = Log()

    log.events(fact)

    (line,) = log.lines()
    assert line["event"].isupper()
    assert line["message"]
    assert line["level"] in {"debug", "info", "warning", "error"}
    assert line["timestamp"] == "2025-10-06T09:05:25+00:00"


def test_a_suspicious_clock_has_words_of_its_own() -> None:
    log = Log()
    created = datetime(2025, 10, 6, 9, 10, tzinfo=UTC)
    ahead = LayerVerdict(Layer.FRESHNESS, Verdict.FRESH, "in the future", age_seconds=-275.0, suspicious=True)

    log.events(LayerJudged(1, 2, "uid1", created, ahead, deciding=False, seconds=0.0))

    assert log.grep("SUSPICIOUS CLOCK SKEW")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("User ada@example.com is busy", "User […] is busy"),
        ("call +49 170 1234567 back", "call […]back"),
        ("Invalid option 'Hansi Sputer' for field", "Invalid option […] for field"),
        ("x" * 1000, "x" * 300),
    ],
)
def test_somebody_elses_sentence_loses_what_may_be_a_persons(text: str, kept: str) -> None:
    assert impersonal(text) == kept


def test_a_mistake_of_ours_is_logged_by_type_and_place_only() -> None:
    log = Log()

    try:
        int("Hansi Sputer")
    except ValueError as error:
        log.events.failed(error, "/api/retell/collect-appointment")

    (line,) = log.lines()
    assert (line["event"], line["error"]) == ("GATEWAY FAILED", "ValueError")
    assert line["frames"]
    assert "Hansi" not in str(line)


def test_a_refused_request_is_logged_with_its_place() -> None:
    log = Log()

    log.events.refused("/api/retell/webhook", 401, "X-Retell-Signature", "the signature is wrong")

    (line,) = log.lines()
    assert (line["event"], line["http_status"], line["where"]) == ("REQUEST REFUSED", 401, "X-Retell-Signature")


def test_every_search_of_the_guide_is_a_word_of_the_log() -> None:
    guide = (files("booking_core") / "GATEWAY.md").read_text(encoding="utf-8")
    written = (files("booking_core.observability") / "logs.py").read_text(encoding="utf-8")

    table = guide.partition("Searches that find")[2].partition("Alerts (")[0]
    searches = re.findall(r"`([A-Za-z ]{12,})`", table)
    assert len(searches) >= 12
    assert [words for words in searches if words not in written] == []
