"""A fault is the same fault at every door: what the caller sees, and what was committed."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom
from tests.fake_calcom.control_room.conftest import DOORS, ROOM, session_through
from tests.fake_calcom.worlds import TUESDAY_14, V_BOOKINGS, attendee

NEVER, COMMITTED, TWICE = 0, 1, 2
LOSSES = [
    ({"effect": "drop_before"}, aiohttp.ServerDisconnectedError, NEVER),
    ({"effect": "reset"}, aiohttp.ClientOSError, NEVER),
    ({"effect": "drop_after"}, aiohttp.ServerDisconnectedError, COMMITTED),
    ({"effect": "reset", "phase": "after_commit"}, aiohttp.ClientOSError, COMMITTED),
    ({"effect": "truncate"}, aiohttp.ClientPayloadError, COMMITTED),
    ({"effect": "reset", "phase": "mid_body"}, aiohttp.ClientError, COMMITTED),
    ({"effect": "malformed_json"}, ValueError, COMMITTED),
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("rule", "error", "committed"), LOSSES, ids=lambda value: str(value)[:50])
async def test_a_lost_answer_is_lost_and_what_was_committed_stays(
    door: str, rule: dict[str, object], error: type[Exception], committed: int
) -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through(door, fake) as session:
        fake.faults.add(operation="createBooking", **rule)

        with pytest.raises(error):
            await _create(fake, session)

        assert len(fake.universe.bookings) == committed
        [entry] = fake.journal
        assert entry.fault == fake.faults.as_json()[0].get("effect")
        assert len(entry.commits) == committed


@pytest.mark.parametrize("door", DOORS)
async def test_a_forced_status_answers_in_place_of_the_handler(door: str) -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through(door, fake) as session:
        effect = {"kind": "status", "status": 503, "body": {"why": "busy"}, "headers": {"Retry-After": "1"}}
        fake.faults.add(operation="createBooking", effect=effect, times=1)

        refused, headers, body = await _create(fake, session)
        accepted, _, _ = await _create(fake, session)

        assert (refused, headers["Retry-After"], body) == (503, "1", {"why": "busy"})
        assert accepted == 201


@pytest.mark.parametrize("door", DOORS)
async def test_a_duplicate_is_handled_twice_and_the_second_answer_is_given(door: str) -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through(door, fake) as session:
        fake.faults.add(operation="createBooking", effect="duplicate")

        status, _, _ = await _create(fake, session)

        assert status == 400, "the plain type's slot was taken by the first"
        assert len(fake.universe.bookings) == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_slow_body_arrives_whole_unless_the_caller_gives_up(door: str) -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through(door, fake) as session:
        fake.faults.add(operation="createBooking", effect={"kind": "slow_body", "seconds": 0.02})

        status, _, body = await _create(fake, session)

        assert status == 201
        assert body["data"]["start"] == TUESDAY_14


@pytest.mark.parametrize("door", DOORS)
async def test_a_delay_beyond_the_callers_patience_leaves_the_booking_behind(door: str) -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through(door, fake) as session:
        fake.faults.add(operation="createBooking", phase="after_commit", effect={"kind": "delay", "seconds": 30})

        with pytest.raises(TimeoutError):
            await _create(fake, session, patience_s=1.0)

        assert len(fake.universe.bookings) == 1


async def test_a_stale_read_does_not_see_the_last_write() -> None:
    async with FakeCalcom(world=ROOM) as fake, session_through("direct", fake) as session:
        fake.faults.add(operation="getBooking", effect="stale_read", times=1)
        _, _, body = await _create(fake, session)
        path = f"/v2/bookings/{body['data']['uid']}"

        stale = await session.get(path, headers=V_BOOKINGS)
        fresh = await session.get(path, headers=V_BOOKINGS)

        assert (stale.status, fresh.status) == (404, 200)


async def _create(
    fake: FakeCalcom, session: aiohttp.ClientSession, patience_s: float = 5
) -> tuple[int, dict[str, str], Any]:
    plain = next(e.id for e in fake.universe.directory.event_types.values() if e.key == "PLAIN")
    body = {"eventTypeId": plain, "start": TUESDAY_14, "attendee": attendee()}
    timeout = aiohttp.ClientTimeout(total=patience_s)
    async with session.post("/v2/bookings", json=body, headers=V_BOOKINGS, timeout=timeout) as answer:
        return answer.status, dict(answer.headers), await answer.json()
