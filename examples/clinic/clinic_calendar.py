"""A small client of Cal.com, as a clinic would write it: free times, book, cancel.

It is what the tests beside it are about. Two things make it safe: it never sends a create twice without looking
first, and it believes no booking that is not its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

BOOKINGS = {"cal-api-version": "2024-08-13"}
SLOTS = {"cal-api-version": "2024-09-04"}


class SlotTakenError(Exception):
    """Somebody else has this time: offer another one."""


@dataclass(frozen=True)
class Patient:
    """Who wants to come. `request_id` is new for each wish, and is how we know our own booking again."""

    name: str
    email: str
    request_id: str


class ClinicCalendar:
    """One event type of the clinic's Cal.com."""

    def __init__(self, session: aiohttp.ClientSession, url: str, api_key: str, event_type_id: int) -> None:
        self._session = session
        self._url = url
        self._key = {"Authorization": f"Bearer {api_key}"}
        self._event_type_id = event_type_id

    async def free_times(self, day: str) -> list[str]:
        """The starts that are free on a day, e.g. `2025-10-07`."""
        query = {"eventTypeId": str(self._event_type_id), "start": day, "end": day}
        async with self._session.get(f"{self._url}/v2/slots", params=query, headers=SLOTS) as answer:
            days = (await answer.json())["data"]
        return [slot["start"] for slots in days.values() for slot in slots]

    async def book(self, start: str, patient: Patient) -> str:
        """Book a time and return the booking's uid; SlotTakenError when it is somebody else's."""
        try:
            status, answer = await self._create(start, patient)
        except aiohttp.ClientConnectionError:  # lost: it may have happened, so look before trying again
            uid = await self._find(patient)
            if uid is not None:
                return uid
            status, answer = await self._create(start, patient)
        if status != 201 or answer["data"]["metadata"].get("request") != patient.request_id:
            raise SlotTakenError(start)
        return str(answer["data"]["uid"])

    async def cancel(self, uid: str) -> None:
        """Cancel a booking."""
        body = {"cancellationReason": "The patient called."}
        url = f"{self._url}/v2/bookings/{uid}/cancel"
        async with self._session.post(url, json=body, headers=BOOKINGS | self._key) as answer:
            answer.raise_for_status()

    async def _create(self, start: str, patient: Patient) -> tuple[int, Mapping[str, Any]]:
        body = {
            "start": start,
            "eventTypeId": self._event_type_id,
            "attendee": {"name": patient.name, "email": patient.email, "timeZone": "Europe/Berlin"},
            "metadata": {"request": patient.request_id},
        }
        async with self._session.post(f"{self._url}/v2/bookings", json=body, headers=BOOKINGS) as answer:
            return answer.status, await answer.json()

    async def _find(self, patient: Patient) -> str | None:
        """The uid of the booking that this very request made, or None."""
        query = {"attendeeEmail": patient.email}
        async with self._session.get(f"{self._url}/v2/bookings", params=query, headers=BOOKINGS | self._key) as answer:
            bookings = (await answer.json())["data"]
        return next((each["uid"] for each in bookings if each["metadata"].get("request") == patient.request_id), None)
