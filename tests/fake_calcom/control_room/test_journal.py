"""The journal gives verdicts, knows repeats for what they are, and tells an oracle what happened."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest

from fake_calcom import WorldError
from fake_calcom.history import history
from fake_calcom.verdicts import VerdictError, wish
from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, attendee

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client


async def book_losing_the_answer(room: Client, key: str) -> None:
    """Create a booking whose answer never arrives."""
    room.fake.faults.add(operation="createBooking", effect="drop_after", times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await room.book(key)


async def test_a_claim_that_holds_is_silent(room: Client) -> None:
    await room.book("PLAIN")

    room.fake.journal.verify("createBooking", 1, {"body": {"attendee": {"email": "ada@example.com"}}, "status": 201})
    room.fake.journal.never("cancelBooking")


async def test_a_claim_that_fails_shows_the_nearest_call_field_by_field(room: Client) -> None:
    await room.book("PLAIN", metadata={"call": "c-2"})

    with pytest.raises(VerdictError) as verdict:
        room.fake.journal.verify("createBooking", 1, {"body": {"metadata": {"call": "c-1"}, "start": TUESDAY_14}})

    assert "wanted 1 calls, found 0" in str(verdict.value)
    assert "body.metadata.call: wanted 'c-1', given 'c-2'" in str(verdict.value)
    assert "body.start" not in str(verdict.value)


async def test_a_call_too_many_is_named(room: Client) -> None:
    await room.book("PLAIN")

    with pytest.raises(VerdictError, match="call 1 POST /v2/bookings"):
        room.fake.journal.never("createBooking")


async def test_order_counts_and_other_calls_may_lie_between(room: Client) -> None:
    booked = await room.book("PLAIN")
    await room.get("/v2/me", user="HOST")
    await room.post(f"/v2/bookings/{booked.data['uid']}/cancel", {})

    room.fake.journal.in_order("createBooking", "cancelBooking")
    with pytest.raises(VerdictError, match="step 2, createBooking: no such call after call 3"):
        room.fake.journal.in_order("cancelBooking", "createBooking")


async def test_what_nobody_expected_is_found(room: Client) -> None:
    await room.book("PLAIN")
    await room.get("/v2/nowhere")

    surprises = room.fake.journal.unexpected("createBooking", wish("getMe"))

    assert [entry.path for entry in surprises] == ["/v2/nowhere"]


def test_a_claim_about_nothing_a_call_has_is_refused() -> None:
    with pytest.raises(WorldError, match=r"where\.colour"):
        wish("createBooking", {"colour": "red"})


async def test_a_retry_on_a_plain_type_after_a_lost_answer_is_refused_and_seen_as_a_repeat(room: Client) -> None:
    await book_losing_the_answer(room, "PLAIN")

    await room.book("PLAIN")

    [retry] = room.fake.journal.retries()
    assert (retry.number, retry.first, retry.outcome, retry.first_was_hidden) == (2, 1, "refused", True)
    assert room.fake.journal.duplicate_effects() == []


async def test_a_retry_that_round_robin_answers_with_the_first_booking_is_no_duplicate(room: Client) -> None:
    await book_losing_the_answer(room, "RR")

    repeated = await room.book("RR", metadata={"attempt": "2"})

    [retry] = room.fake.journal.retries()
    assert retry.outcome == "given the first"
    assert retry.bookings == (repeated.data["uid"],)


async def test_a_retry_that_books_a_second_time_is_a_duplicate_effect(room: Client) -> None:
    """A phone in the retry escapes the look-up: another host is booked for the same person at the same time."""
    await book_losing_the_answer(room, "RR")

    await room.book("RR", who=attendee(phoneNumber="+393331234567"))

    [duplicate] = room.fake.journal.duplicate_effects()
    assert (duplicate.number, duplicate.first, duplicate.first_was_hidden) == (2, 1, True)
    assert len(duplicate.bookings) == 2


async def test_one_request_handled_twice_is_a_duplicate_effect(room: Client) -> None:
    room.fake.universe.generation = type(room.fake.universe.generation)(
        "no lookup", room.fake.universe.generation.unique_key
    )
    room.fake.faults.add(operation="createBooking", effect="duplicate")

    await room.book("RR")

    [duplicate] = room.fake.journal.duplicate_effects()
    assert duplicate.outcome == "booked again"
    assert len(duplicate.bookings) == 2


async def test_booking_again_after_a_cancel_is_no_repeat(room: Client) -> None:
    first = await room.book("PLAIN")
    await room.post(f"/v2/bookings/{first.data['uid']}/cancel", {})

    await room.book("PLAIN")

    assert room.fake.journal.retries() == []


async def test_the_history_orders_beginnings_ends_and_commits(room: Client) -> None:
    await asyncio.gather(room.book("RR"), room.book("RR", who=attendee("Bob", "bob@example.com")))

    first, second = history(room.fake.journal)

    assert (first["invoked"], second["invoked"]) == (1, 2)
    assert min(first["answered"], second["answered"]) > 2, "both were in flight together"
    assert [(first["outcome"], len(first["commits"])), (second["outcome"], len(second["commits"]))] == [
        ("ok", 1),
        ("fail", 0),
    ], "both chose the same host, and the unique key let one in"


async def test_a_lost_answer_is_neither_success_nor_failure_in_the_history(room: Client) -> None:
    await book_losing_the_answer(room, "PLAIN")

    [call] = history(room.fake.journal)

    assert (call["outcome"], call["status"], len(call["commits"])) == ("info", 201, 1)


async def test_the_control_door_answers_with_verdicts(room: Client) -> None:
    await room.book("PLAIN", TUESDAY_15)

    wrong = await room.post("/__fake__/journal/verify", {"operation": "createBooking", "where": {"status": 400}})
    right = await room.post("/__fake__/journal/in-order", {"steps": ["createBooking"]})
    never = await room.post("/__fake__/journal/never", {"operation": "createBooking"})
    surprises = await room.post("/__fake__/journal/unexpected", {"expected": [{"operation": "createBooking"}]})
    told = await room.get("/__fake__/history")
    bad = await room.post("/__fake__/journal/verify", {"where": {"colour": "red"}})

    assert wrong.body["data"]["holds"] is False
    assert wrong.body["data"]["nearMisses"][0]["differences"] == [{"field": "status", "wanted": 400, "given": 201}]
    assert right.body["data"]["holds"]
    assert never.body["data"]["holds"] is False
    assert surprises.body["data"] == []
    assert told.body["data"][0]["operation"] == "createBooking"
    assert (bad.status, bad.body["error"]["where"]) == (400, "where.colour")
