"""The two incidents, in every profile, end in the rows that were recorded: over HTTP, under frozen clocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, Promise
from scenarios.registry import find, scenarios
from scenarios.replay import Replay, replay
from scenarios.report.json_report import document
from scenarios.scenario import Case, Settings
from scenarios.theatre import Theatre

BOOKING_OF_687 = "8Fxv4pCqnb1Jva1w9wn5wX"
BOOKING_OF_682 = "bT1LntHUU8qdQNMMFpWFPm"
CALL_687 = "call_927bf219b2cc20cd24dc97c9f0b"
CALL_688 = "call_39d2ade6f4fc16c51110ca49cdf"
SENTENCE = "Sie haben bereits einen Termin am 10.10.2025 um 11:00 Uhr."
STATED = [(scenario.id, case) for scenario in scenarios().values() for case in scenario.cases]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """One for the module: schemas are migrated once."""
    with Theatre() as opened:
        yield opened


def play(theatre: Theatre, scenario_id: str, profile: str, **changed: Any) -> Replay:
    return replay(theatre, find(scenario_id), Settings(profile, **changed))


def rows(one: Replay) -> list[tuple[Any, ...]]:
    columns = ("id", "call_id", "customer_id", "calcom_v2_booking_id")
    return [tuple(row[column] for column in columns) for row in one.seen.appointments]


@pytest.mark.parametrize(("scenario_id", "case"), STATED, ids=[f"{s}-{c.settings.question}" for s, c in STATED])
def test_every_stated_case_ends_as_stated(theatre: Theatre, scenario_id: str, case: Case) -> None:
    one = replay(theatre, find(scenario_id), case.settings)

    assert one.objections == []


def test_unprotected_two_people_get_one_booking(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "unprotected")

    assert rows(one) == [(642, 687, 342, BOOKING_OF_687), (643, 688, 338, BOOKING_OF_687)]
    assert [row["starts_at"] for row in one.seen.appointments] == ["2025-10-10T06:00:00Z"] * 2
    assert {b["uid"]: (b["id"], b["createdAt"]) for b in one.seen.bookings}[BOOKING_OF_687] == (
        11489895,
        "2025-10-06T09:05:21.002Z",
    )
    assert [email["booking_uid"] for email in one.seen.emails] == [BOOKING_OF_687] * 2  # 687's attendee and host only


def test_1015_is_refused_before_0800_is_named(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "unprotected")

    first, second = [answer for answer in one.seen.responses if answer.call_id == 687]
    assert (first.status, second.status) == ("unavailable", "booked")
    assert "10:15" in first.message


def test_deployed_after_the_call_layer_1_refuses_at_the_recorded_age(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "deployed", entry=Entry.AFTER_CALL)

    assert [row[0] for row in rows(one)] == [642]
    first_word = next(word for word in one.seen.layers if word.call_id == 688)
    assert (first_word.layer, first_word.verdict, first_word.age_seconds) == (1, "stale", 2040.998)


def test_deployed_during_the_call_stops_the_row_and_not_the_falsehood(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "deployed")

    heard = one.seen.last_response(688)
    assert [row[0] for row in rows(one)] == [642]
    assert heard is not None
    assert "gebucht" in heard.message
    assert Promise.NO_FALSEHOOD in one.broken


@pytest.mark.parametrize("left", list(Layer))
def test_any_single_layer_prevents_the_second_appointment(theatre: Theatre, left: Layer) -> None:
    others = frozenset(Layer) - {left}

    one = play(theatre, "687-688", "hardened", identity=AttendeeIdentity.SHARED, without=others)

    assert one.as_expected
    assert [row[3] for row in rows(one)] == [BOOKING_OF_687]
    assert one.seen.refused_by(688) == left


def test_with_all_layers_off_643_is_back(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "hardened", identity=AttendeeIdentity.SHARED, without=frozenset(Layer))

    assert not one.as_expected
    assert [row[0] for row in rows(one)] == [642, 643]


@pytest.mark.parametrize("identity", [None, AttendeeIdentity.SHARED, AttendeeIdentity.PER_CUSTOMER])
@pytest.mark.parametrize("entry", list(Entry))
def test_hardened_offers_other_times_and_names_nobody(
    theatre: Theatre, identity: AttendeeIdentity | None, entry: Entry
) -> None:
    one = play(theatre, "687-688", "hardened", identity=identity, entry=entry)

    answer = one.seen.last_response(688)
    assert one.as_expected
    assert answer is not None
    assert answer.status == ("duplicate" if identity is AttendeeIdentity.SHARED else "unavailable")
    assert answer.alternatives[0] == "2025-10-10T08:15:00+02:00"
    told = repr(answer)
    assert not any(secret in told for secret in ("Sputer", BOOKING_OF_687, "642", "342"))


def test_call_766_is_told_booked_and_linked_to_nothing_when_deployed(theatre: Theatre) -> None:
    one = play(theatre, "682-766", "deployed")

    row, heard = one.seen.call_row(766), one.seen.last_response(766)
    assert row is not None
    assert heard is not None
    assert (row["appointment_id"], heard.success, heard.status) == (None, True, "booked")
    assert "gebucht" in heard.message


@pytest.mark.parametrize("profile", ["recommended", "hardened"])
@pytest.mark.parametrize("identity", [AttendeeIdentity.SHARED, AttendeeIdentity.PER_CALL])
def test_call_766_is_linked_to_640_when_resolved(theatre: Theatre, profile: str, identity: AttendeeIdentity) -> None:
    one = play(theatre, "682-766", profile, identity=identity)

    row, heard = one.seen.call_row(766), one.seen.last_response(766)
    assert one.as_expected
    assert row is not None
    assert heard is not None
    assert row["appointment_id"] == 640
    assert row["booking_metadata"] == {
        "duplicate_attempt": True,
        "original_booking_call_id": 682,
        "duplicate_detected_at": row["booking_metadata"]["duplicate_detected_at"],
    }
    relations = {
        (line["appointment_id"], line["call_id"]): line["relationship_type"] for line in one.seen.appointment_calls
    }
    assert relations[(640, 766)] == "duplicate_attempt"
    assert (heard.status, heard.appointment_id) == ("existing", 640)
    assert SENTENCE in heard.message


def test_29_times_are_offered_to_call_766(theatre: Theatre) -> None:
    one = play(theatre, "682-766", "hardened")

    (offered,) = [answer for answer in one.seen.availability if answer["call_id"] == 766]
    taken = {"2025-10-10T08:00:00+02:00", "2025-10-10T10:15:00+02:00", "2025-10-10T11:00:00+02:00"}
    assert len(offered["starts"]) == 29
    assert not taken & set(offered["starts"])


def test_the_age_of_766s_answer_is_the_recorded_one(theatre: Theatre) -> None:
    one = play(theatre, "682-766", "recommended")

    ages = [word.age_seconds for word in one.seen.layers if word.call_id == 766 and word.layer == 1]
    assert ages == [71977.815]


def test_another_skew_moves_the_age_and_the_record_cannot_come_out(theatre: Theatre) -> None:
    moved = play(theatre, "687-688", "recommended", skew_s=10.0)
    none = play(theatre, "687-688", "recommended", skew_s=0.0)

    ages = [word.age_seconds for word in moved.seen.layers if word.call_id == 688 and word.layer == 1]
    assert ages == [2057.998]
    assert any("createdAt 2025-10-06T09:05:21.002Z" in line for line in none.objections)


def test_a_seed_varies_what_was_not_recorded_and_nothing_else(theatre: Theatre) -> None:
    zero, seven = play(theatre, "687-688", "unprotected"), play(theatre, "687-688", "unprotected", seed=7)

    assert seven.as_expected
    assert rows(zero) == rows(seven)
    assert [call["from_number"] for call in zero.seen.calls] != [call["from_number"] for call in seven.seen.calls]


def test_the_json_has_what_was_asked_for(theatre: Theatre) -> None:
    one = play(theatre, "687-688", "recommended")

    (replayed,) = document([one])["replays"]

    assert {"scenario", "profile", "entry", "identity", "without", "skew", "verdict", "seed", "digest"} <= set(replayed)
    assert {"appointments", "calls", "appointment_calls", "responses", "layers", "audit", "emails"} <= set(replayed)
    assert (replayed["verdict"], replayed["identity"], replayed["skew"]) == ("as_expected", "shared", 27.0)
    words = {word["layer"]: word for word in replayed["layers"] if word["call_id"] == 688}
    assert words[1]["age_seconds"] == 2040.998
    assert (words[2]["expected_call_id"], words[2]["received_call_id"]) == (CALL_688, CALL_687)
