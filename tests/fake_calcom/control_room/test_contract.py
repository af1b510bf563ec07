"""The contract is complete, is read as strictly as asked, and answers on request; pending bookings can move on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.openapi.document import document
from fake_calcom.openapi.operations import OPERATIONS
from fake_calcom.openapi.validate import problems
from fake_calcom.routes import ROUTES
from tests.fake_calcom.worlds import TUESDAY_14, attendee

if TYPE_CHECKING:
    from tests.fake_calcom.client import Client


def test_every_route_is_described_and_nothing_else_is() -> None:
    assert {route.operation for route in ROUTES} == set(OPERATIONS)


async def test_the_document_names_every_path_and_both_bodies_of_a_create(room: Client) -> None:
    answer = await room.get("/__fake__/openapi.json")

    assert answer.body["openapi"] == "3.1.0"
    assert set(answer.body["paths"]) == {route.path for route in ROUTES}
    create = answer.body["paths"]["/v2/bookings"]["post"]
    assert len(create["requestBody"]["content"]["application/json"]["schema"]["anyOf"]) == 2
    assert {"201", "400", "409", "422", "429"} <= set(create["responses"])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"id": "one"}, "id: expected integer, given str"),
        ({}, "id: missing"),
        ({"id": True}, "id: expected integer, given bool"),
        ({"id": 1, "kind": "c"}, "kind: expected one of ['a', 'b'], given 'c'"),
        ({"id": 1, "more": 1}, "more: not documented"),
        ({"id": 1, "many": [0]}, "many[0]: expected at least 1, given 0"),
    ],
)
def test_the_checker_sees_a_planted_fault(value: dict[str, Any], told: str) -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "integer"},
            "kind": {"enum": ["a", "b"]},
            "many": {"type": "array", "items": {"minimum": 1}},
        },
    }

    assert problems(schema, value) == [told]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_the_checker_never_stumbles(value: Any) -> None:
    for path in document(ROUTES)["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert isinstance(problems(content["schema"], value), list)


async def test_reporting_answers_as_ever_and_says_what_was_wrong(room: Client) -> None:
    await room.call("PUT", "/__fake__/strict", {"mode": "report"})

    answer = await room.post("/v2/bookings?hurry=1", {"eventTypeId": room.id_of("PLAIN"), "start": TUESDAY_14})

    assert answer.status == 400
    assert answer.body["error"]["code"] == "BadRequestException"
    assert answer.headers["X-Fake-Contract"] == "query hurry: not documented; body attendee: missing"


async def test_refusing_stops_what_cal_com_would_let_through(room: Client) -> None:
    await room.call("PUT", "/__fake__/strict", {"mode": "refuse"})

    answer = await room.post(
        "/v2/bookings",
        {"eventTypeId": room.id_of("PLAIN"), "start": TUESDAY_14, "attendee": attendee(), "guests": None},
    )
    right = await room.book("PLAIN")

    assert (answer.status, answer.body["error"]["code"]) == (400, "ContractException")
    assert "body guests: expected array, given NoneType" in answer.message
    assert right.status == 201


async def test_an_unknown_version_is_the_commonest_mistake_and_is_reported(room: Client) -> None:
    room.fake.strictness.mode = "report"

    answer = await room.get("/v2/bookings", headers={"cal-api-version": "2024-08-14"}, user="HOST")

    assert answer.headers["X-Fake-Contract"] == "header cal-api-version: unknown version '2024-08-14'"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500])
async def test_a_documented_refusal_is_given_on_request_and_nothing_happens(room: Client, status: int) -> None:
    body = {"eventTypeId": room.id_of("PLAIN"), "start": TUESDAY_14, "attendee": attendee()}

    answer = await room.post("/v2/bookings", body, headers={"Prefer": f"respond-async, code={status}"})

    assert (answer.status, answer.headers["Preference-Applied"]) == (status, f"code={status}")
    assert len(room.fake.universe.bookings) == 0


async def test_a_preference_for_what_is_not_documented_is_ignored(room: Client) -> None:
    answer = await room.get("/v2/me", headers={"Prefer": "code=422"}, user="HOST")

    assert answer.status == 200


async def status_of(room: Client, uid: str) -> str:
    status: str = (await room.get(f"/v2/bookings/{uid}")).data["status"]
    return status


async def test_a_pending_booking_is_confirmed_at_once_when_so_asked(room: Client) -> None:
    await room.call("PUT", "/__fake__/transitions", {"after_seconds": 0})

    asked = await room.book("ASK")

    assert asked.data["status"] == "pending"
    assert await status_of(room, asked.data["uid"]) == "accepted"


async def test_a_pending_booking_is_confirmed_after_reads(room: Client) -> None:
    room.fake.transitions.turn(after_reads=2)
    uid = (await room.book("ASK")).data["uid"]

    assert [await status_of(room, uid) for _ in range(3)] == ["pending", "pending", "accepted"]


async def test_a_pending_booking_is_confirmed_when_its_time_has_come(room: Client) -> None:
    room.fake.transitions.turn(after_seconds=90)
    uid = (await room.book("ASK")).data["uid"]

    fired = await room.fake.time.run_for(120)

    assert ("booking_confirmed", uid) in [(due.kind, due.what) for due in fired]
    assert list(room.fake.fired) == ["BOOKING_REQUESTED", "BOOKING_CREATED"]
    assert await status_of(room, uid) == "accepted"


async def test_a_booking_that_was_declined_meanwhile_stays_declined(room: Client) -> None:
    room.fake.transitions.turn(after_seconds=90)
    uid = (await room.book("ASK")).data["uid"]
    await room.post(f"/v2/bookings/{uid}/decline", {}, user="HOST")

    await room.fake.time.run_for(120)

    assert await status_of(room, uid) == "rejected"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"after_reads": -1}, "after_reads"),
        ({"after_seconds": "soon"}, "after_seconds"),
        ({"after_reads": 1, "after_seconds": 1}, "after_seconds"),
        ({"sometimes": 1}, "sometimes"),
    ],
)
async def test_an_impossible_knob_is_refused(room: Client, body: dict[str, Any], where: str) -> None:
    answer = await room.call("PUT", "/__fake__/transitions", body)

    assert (answer.status, answer.body["error"]["where"]) == (400, where)
