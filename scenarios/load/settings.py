"""What a load run is told, and the company that it calls, which is open day and night.

It offers two services of one host: a team's round robin, which answers repeats with old bookings, and a personal one,
of which Cal.com tells the host's webhooks (of a team's bookings it tells the team's only).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scenarios.incidents.facts import EVENT_TYPE_ID, SERVICE, SLOT_MINUTES

API_KEY = "cal_of_the_loaded_company"
RETELL_KEY = "key_of_the_loaded_agent"
WEBHOOK_SECRET = "secret_of_the_loaded_webhook"  # noqa: S105 - it guards nothing but a load run
PERSONAL = "Erstgespräch"
PERSONAL_EVENT_TYPE_ID = EVENT_TYPE_ID + 1
DAYS = 40
"""Slots lie 2 to 42 days ahead: within the 60 days that reconciliation looks through."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """How much load, for how long, against which database. `database` None: a SQLite file that goes afterwards."""

    callers: int = 20
    gateways: int = 2
    seconds: float = 10.0
    faults: bool = False
    database: str | None = None
    profile: str = "hardened"
    identity: str | None = None
    seed: int = 0


def world() -> dict[str, Any]:
    """Cal.com before the first call."""
    return {
        "users": [
            {
                "key": "HOST",
                "name": "Beratung Berlin",
                "email": "beratung@example.com",
                "username": "beratung-berlin",
                "timeZone": "Europe/Berlin",
                "apiKey": API_KEY,
            }
        ],
        "schedules": [_DAY_AND_NIGHT],
        "event_types": [
            {
                "key": "BERATUNG",
                "id": EVENT_TYPE_ID,
                "owner": None,
                "team": "TEAM",
                "slug": "beratung",
                "title": SERVICE,
                "lengthInMinutes": SLOT_MINUTES,
                "schedulingType": "ROUND_ROBIN",
                "hosts": [{"user": "HOST", "isFixed": False}],
            },
            {
                "key": "ERSTGESPRAECH",
                "id": PERSONAL_EVENT_TYPE_ID,
                "owner": "HOST",
                "slug": "erstgespraech",
                "title": PERSONAL,
                "lengthInMinutes": SLOT_MINUTES,
            },
        ],
        "roles": {"HOST": "OWNER of TEAM"},
    }


_DAY_AND_NIGHT = {
    "owner": "HOST",
    "name": "Tag und Nacht",
    "timeZone": "Europe/Berlin",
    "isDefault": True,
    "availability": [
        {
            "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            "startTime": "00:00",
            "endTime": "23:45",
        }
    ],
    "overrides": [],
}


def slots(today: datetime) -> list[datetime]:
    """Every start that callers may want, in local time without a zone, as they say it; nights are left out."""
    first = (today + timedelta(days=2)).replace(hour=6, minute=0, second=0, microsecond=0, tzinfo=None)
    quarter = timedelta(minutes=SLOT_MINUTES)
    per_day = 16 * 60 // SLOT_MINUTES
    return [first + timedelta(days=day) + number * quarter for day in range(DAYS) for number in range(per_day)]


def fault_rules(seed: int) -> list[dict[str, Any]]:
    """What goes wrong between gateway and Cal.com: lost requests, lost replies, 5xx, cut bodies, delays; and webhooks
    that come twice, late, out of order or never.
    """
    create, webhook = {"operation": "createBooking"}, {"phase": "webhook"}
    rules: list[dict[str, Any]] = [
        {**create, "name": "reply lost after the commit", "probability": 0.06, "effect": "drop_after"},
        {**create, "name": "reset after the commit", "phase": "after_commit", "probability": 0.03, "effect": "reset"},
        {**create, "name": "request lost", "probability": 0.03, "effect": "drop_before"},
        {**create, "name": "503", "probability": 0.03, "effect": {"kind": "status", "status": 503}},
        {**create, "name": "cut in the body", "probability": 0.02, "effect": "truncate"},
        {**create, "name": "slow", "probability": 0.10, "effect": {"kind": "delay", "seconds": 0.4}},
        {"operation": "getBookings", "name": "look-up lost", "probability": 0.03, "effect": "drop_before"},
        {**webhook, "name": "webhook twice", "probability": 0.10, "effect": "duplicate"},
        {**webhook, "name": "webhook lost", "probability": 0.05, "effect": "drop_before"},
        {**webhook, "name": "webhook late", "probability": 0.05, "effect": {"kind": "delay", "seconds": 1.0}},
        {**webhook, "name": "webhooks out of order", "probability": 0.05, "effect": "reorder"},
    ]
    return [rule | {"seed": seed * 100 + number} for number, rule in enumerate(rules)]
