"""The incidents' database as if no clean-up had been done: calls 682, 687, 688, 766, appointments 640, 642, 643."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.storage.tables import APPOINTMENTS, CALLS, CUSTOMERS, SERVICES

BOOKING_682 = "bT1LntHUU8qdQNMMFpWFPm"
BOOKING_687 = "8Fxv4pCqnb1Jva1w9wn5wX"
AT_ELEVEN = datetime(2025, 10, 10, 9, 0, tzinfo=UTC)
AT_EIGHT = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)


async def fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(CUSTOMERS), _customers())
        service = {"id": 1, "name": "Beratung", "calcom_event_type_id": 2563193, "duration_minutes": 15}
        await connection.execute(insert(SERVICES), [service])
        await connection.execute(insert(CALLS), _calls())
        await connection.execute(insert(APPOINTMENTS), _appointments())


def _customers() -> list[dict[str, Any]]:
    people = {338: "Hans Schuster", 340: "Hansi Hinterseher", 342: "Hansi Sputer"}
    return [{"id": number, "name": name, "phone": f"+4930{number}"} for number, name in people.items()]


def _calls() -> list[dict[str, Any]]:
    return [
        _call(682, "call_ef2312cd88bf0cba4188b00c0cf", 340, AT_ELEVEN, datetime(2025, 10, 5, 20, 21, 55, tzinfo=UTC)),
        _call(687, "call_927bf219b2cc20cd24dc97c9f0b", 342, AT_EIGHT, datetime(2025, 10, 6, 9, 3, 10, tzinfo=UTC)),
        _call(688, "call_39d2ade6f4fc16c51110ca49cdf", 338, AT_EIGHT, datetime(2025, 10, 6, 9, 38, 4, tzinfo=UTC)),
        _call(766, "call_7d4d3d0a1b81f19c79771a00089", 340, AT_ELEVEN, datetime(2025, 10, 6, 16, 22, 1, tzinfo=UTC)),
    ]


def _call(number: int, retell_id: str, customer: int, start: datetime, at: datetime) -> dict[str, Any]:
    details = {"starts_at": start.isoformat(), "service": "Beratung"}
    return {
        "id": number,
        "retell_call_id": retell_id,
        "customer_id": customer,
        "booking_details": details,
        "created_at": at,
    }


def _appointments() -> list[dict[str, Any]]:
    return [
        _appointment(640, 682, 340, AT_ELEVEN, BOOKING_682, datetime(2025, 10, 5, 20, 22, 7, tzinfo=UTC)),
        _appointment(642, 687, 342, AT_EIGHT, BOOKING_687, datetime(2025, 10, 6, 9, 4, 54, tzinfo=UTC)),
        _appointment(643, 688, 338, AT_EIGHT, BOOKING_687, datetime(2025, 10, 6, 9, 39, 22, tzinfo=UTC)),
    ]


def _appointment(number: int, call: int, customer: int, start: datetime, uid: str, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "call_id": call,
        "customer_id": customer,
        "service_id": 1,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=15),
        "status": "scheduled",
        "calcom_v2_booking_id": uid,
        "calcom_booking_number": 11489895 if uid == BOOKING_687 else 11476002,
        "created_at": at,
    }
