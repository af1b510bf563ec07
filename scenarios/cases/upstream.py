"""What others do at Cal.com while callers call: a host at his bookings, a booking page that reserves, two at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import ClientResponseError

from scenarios.cases.worlds import HOST_KEY
from scenarios.incidents.facts import EVENT_TYPE_ID

if TYPE_CHECKING:
    from scenarios.stage import Stage

_AS_HOST = {"Authorization": f"Bearer {HOST_KEY}", "cal-api-version": "2024-08-13"}
_SLOTS = {"cal-api-version": "2024-09-04"}


def reserve(start: str) -> Callable[[Stage], Awaitable[None]]:
    """Somebody holds a start (ISO), as a booking page does while its form is open."""

    async def does(stage: Stage) -> None:
        await _reserve(stage, start)

    return does


def reserve_in_vain(start: str) -> Callable[[Stage], Awaitable[None]]:
    """Somebody wants to hold a start that Cal.com says is booked; a harness error if it can be held."""

    async def does(stage: Stage) -> None:
        try:
            await _reserve(stage, start)
        except ClientResponseError as refusal:
            if refusal.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
        else:
            raise AssertionError(f"{start} can be held")

    return does


def reserve_and_let_go(start: str) -> Callable[[Stage], Awaitable[None]]:
    """Somebody holds a start and gives it up again."""

    async def does(stage: Stage) -> None:
        uid = await _reserve(stage, start)
        await stage.at_calcom("DELETE", f"/v2/slots/reservations/{uid}", headers=_SLOTS)

    return does


async def _reserve(stage: Stage, start: str) -> str:
    body = {"eventTypeId": EVENT_TYPE_ID, "slotStart": start}
    made = await stage.at_calcom("POST", "/v2/slots/reservations", body, headers=_SLOTS)
    return str(made["data"]["reservationUid"])


async def host_confirms_all(stage: Stage) -> None:
    """The host says yes to every request that waits for him."""
    for uid in await _uids(stage, "unconfirmed"):
        await stage.at_calcom("POST", f"/v2/bookings/{uid}/confirm", {}, headers=_AS_HOST)


async def host_hands_over_all(stage: Stage) -> None:
    """The host gives every booking to a colleague who is free."""
    for uid in await _uids(stage, "upcoming"):
        await stage.at_calcom("POST", f"/v2/bookings/{uid}/reassign", {}, headers=_AS_HOST)


def together_past_the_check(parties: int) -> Callable[[Stage], Awaitable[None]]:
    """Cal.com holds bookings between its check and its insert until so many have got there."""

    async def does(stage: Stage) -> None:
        await stage.at_calcom("POST", "/__fake__/barriers", {"operation": "createBooking", "parties": parties})

    return does


async def _uids(stage: Stage, status: str) -> list[str]:
    """The host's bookings that our callers made: somebody's 10:15 is left alone."""
    found = await stage.at_calcom("GET", f"/v2/bookings?status={status}&take=250", headers=_AS_HOST)
    return [booking["uid"] for booking in found["data"] if "call_id" in booking["metadata"]]
