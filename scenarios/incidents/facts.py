"""What both incidents share: the company, its Cal.com event type, its callers, who called when.

Source: the production reports of October 2025. Local times there are Europe/Berlin (UTC+2 on these dates).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from scenarios.scenario import Person, PhoneCall, RecordedBooking

EVENT_TYPE_ID = 2563193
SKEW_S = 27.0  # Cal.com's clock ran that far ahead of the gateway's; both recorded createdAt come out exactly
SLOT_MINUTES = 15
SERVICE = "Beratung"
THE_DAY = "2025-10-10"

BOOKING_OF_687 = "8Fxv4pCqnb1Jva1w9wn5wX"
BOOKING_OF_682 = "bT1LntHUU8qdQNMMFpWFPm"


def utc(text: str) -> datetime:
    """An aware instant from ISO text that ends in Z."""
    return datetime.fromisoformat(text).astimezone(UTC)


BOOKED_687 = utc("2025-10-06T09:04:54.002Z")  # by the gateway's clock, as everything here
BOOKED_688 = utc("2025-10-06T09:39:22.000Z")
CALL_ROW_682 = utc("2025-10-05T20:21:55.000Z")
BOOKED_682 = utc("2025-10-05T20:22:07.185Z")
CALL_ROW_766 = utc("2025-10-06T16:22:01.000Z")
BOOKED_766 = utc("2025-10-06T16:22:12.000Z")

THE_BOOKING_OF_682 = RecordedBooking(
    uid=BOOKING_OF_682,
    number=None,
    start=utc("2025-10-10T09:00:00Z"),
    created_at=utc("2025-10-05T20:22:34.185Z"),
)
THE_BOOKING_OF_687 = RecordedBooking(
    uid=BOOKING_OF_687,
    number=11489895,
    start=utc("2025-10-10T06:00:00Z"),
    created_at=utc("2025-10-06T09:05:21.002Z"),
)

_RETELL_IDS = {
    682: "call_ef2312cd88bf0cba4188b00c0cf",
    687: "call_927bf219b2cc20cd24dc97c9f0b",
    688: "call_39d2ade6f4fc16c51110ca49cdf",
    766: "call_7d4d3d0a1b81f19c79771a00089",
}
_NAMES = {682: "Hansi Hinterseher", 687: "Hansi Sputer", 688: "Hans Schuster", 766: "Hansi Hinterseher"}


def phone_calls(seed: int) -> dict[int, PhoneCall]:
    """The four calls. Phone numbers were not recorded: the seed makes them up, one a person."""
    draw = random.Random(f"phones {seed}")
    phones = {name: f"+4930{draw.randrange(10**7, 10**8)}" for name in dict.fromkeys(_NAMES.values())}
    return {
        number: PhoneCall(number, retell_id, Person(_NAMES[number], phones[_NAMES[number]]))
        for number, retell_id in _RETELL_IDS.items()
    }


def before(instant: datetime, seed: int, what: str, least_s: int, most_s: int) -> datetime:
    """A moment that the record leaves open: some whole seconds before `instant`, drawn from the seed."""
    return instant - timedelta(seconds=random.Random(f"{what} {seed}").randint(least_s, most_s))


def world(seed: int) -> dict[str, Any]:
    """Cal.com before the first call: the company, and 10:15 taken by somebody."""
    return company() | {"bookings": [_taken_by_somebody(seed)]}


def company() -> dict[str, Any]:
    """The company at Cal.com without any booking: a round-robin event type with exactly one host."""
    return {
        "users": [_HOST],
        "schedules": [_HOURS],
        "event_types": [_EVENT_TYPE],
        "roles": {"HOST": "OWNER of TEAM"},
    }


_HOST = {
    "key": "HOST",
    "name": "Beratung Berlin",
    "email": "beratung@example.com",
    "username": "beratung-berlin",
    "timeZone": "Europe/Berlin",
}
_HOURS = {
    "owner": "HOST",
    "name": "Sprechzeiten",
    "timeZone": "Europe/Berlin",
    "isDefault": True,
    "availability": [
        {
            "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "startTime": "08:00",
            "endTime": "16:00",
        }
    ],
    "overrides": [],
}
_EVENT_TYPE = {
    "key": "BERATUNG",
    "id": EVENT_TYPE_ID,
    "owner": None,
    "team": "TEAM",
    "slug": "beratung",
    "title": SERVICE,
    "lengthInMinutes": SLOT_MINUTES,
    "minimumBookingNotice": 120,
    "schedulingType": "ROUND_ROBIN",
    "hosts": [{"user": "HOST", "isFixed": False}],
}


def _taken_by_somebody(seed: int) -> dict[str, Any]:
    """10:15 on the day; who held it was not recorded."""
    from faker import Faker

    fake = Faker("de_DE")
    fake.seed_instance(seed)
    return {
        "eventType": "BERATUNG",
        "id": 11_480_000 + seed % 1000,
        "start": "2025-10-10T08:15:00Z",
        "createdAt": "2025-10-01T08:00:00.000Z",
        "attendee": {"name": fake.name(), "email": fake.email(), "timeZone": "Europe/Berlin"},
        "metadata": {},
    }
