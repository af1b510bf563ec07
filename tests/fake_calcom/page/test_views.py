"""What the page asks for is bounded, and a wrong question is answered as the control door does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_calcom import FakeCalcom
from fake_calcom.page import views
from fake_calcom.wire import Call
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import personal, world

DAYS = [f"2025-10-{day:02}T12:00:00Z" for day in range(7, 28)]


async def ask(fake: FakeCalcom, target: str) -> tuple[int, Any]:
    answer = await fake.answer(Call("GET", f"/__fake__/page/{target}", {}, b""))
    return answer.status, json.loads(answer.body)


@pytest.fixture
def busy(fake: FakeCalcom) -> FakeCalcom:
    """A fake with one booking at noon on each of three weeks' days."""
    ada = {"name": "Ada", "email": "ada@example.com", "timeZone": "Europe/Rome"}
    bookings = [{"eventType": "VISIT", "start": start, "attendee": ada} for start in DAYS]
    fake.load_world(world(personal("VISIT"), bookings=bookings))
    return fake


async def test_a_glance_holds_a_span_and_tells_where_more_is(busy: FakeCalcom) -> None:
    status, body = await ask(busy, "glance?from=2025-10-13T00:00:00Z&to=2025-10-20T00:00:00Z")

    assert status == 200
    told = body["data"]["bookings"]
    assert sorted(card["start"][:10] for card in told["shown"]) == [f"2025-10-{day}" for day in range(13, 20)]
    assert (told["total"], told["before"], told["after"]) == (
        21, "2025-10-12T12:00:00.000Z", "2025-10-20T12:00:00.000Z",
    )  # fmt: skip


async def test_a_glance_is_bounded(busy: FakeCalcom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "BOOKINGS_SHOWN_MAX", 2)

    _, body = await ask(busy, "glance?from=2025-10-01T00:00:00Z&to=2025-12-01T00:00:00Z")

    assert len(body["data"]["bookings"]["shown"]) == 2


async def test_an_entry_is_told_whole(client: Client, fake: FakeCalcom) -> None:
    client.load(world(personal("VISIT")))
    await client.book("VISIT")

    _, body = await ask(fake, "entry?number=1")

    assert body["data"]["operation"] == "createBooking"
    assert body["data"]["response"]["status"] == 201


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("glance?from=yesterday", "from"),
        ("entry", "number"),
        ("entry?number=x", "number"),
        ("entry?number=999", "number"),
        ("booking", "uid"),
        ("booking?uid=none", "uid"),
    ],
)
async def test_a_wrong_question_is_refused_with_its_place(fake: FakeCalcom, target: str, where: str) -> None:
    status, body = await ask(fake, target)

    assert status == 400
    assert body["error"]["where"] == where
