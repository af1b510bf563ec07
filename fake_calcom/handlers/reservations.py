"""Slot reservations, version 2024-09-04."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.reservations import Wish, current, move, release, reserve
from fake_calcom.dto.shape import refuse_listed
from fake_calcom.dto.slot_reservations import RESERVE_SLOT
from fake_calcom.handlers.views import object_body
from fake_calcom.times import MS_PER_MINUTE, iso, parse_iso
from fake_calcom.wire import Answer, encode, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.state.entities import Reservation


async def create(request: Request) -> Answer:
    """POST /v2/slots/reservations: 201 with the reservation."""
    reservation = reserve(request.universe, _wish(request), request.caller)
    answer = success(_content(reservation) | {"reservationDuration": reservation.minutes})
    answer.status = 201
    return answer


async def read(request: Request) -> Answer:
    """GET /v2/slots/reservations/{uid}: the reservation, or null when there is none."""
    found = current(request.universe, request.params["uid"])
    return success(_content(found) if found else None)


async def update(request: Request) -> Answer:
    """PATCH /v2/slots/reservations/{uid}: the same uid, another slot."""
    moved = move(request.universe, request.params["uid"], _wish(request), request.caller)
    return success(_content(moved) | {"reservationDuration": moved.minutes})


async def delete(request: Request) -> Answer:
    """DELETE /v2/slots/reservations/{uid}: success, also when there is none."""
    release(request.universe, request.params["uid"])
    return Answer(200, encode({"status": "success"}))


def _wish(request: Request) -> Wish:
    body = object_body(request)
    refuse_listed(RESERVE_SLOT, body)
    start_ms = parse_iso(body["slotStart"])
    assert start_ms is not None, "the shape was checked before"
    return Wish(
        int(body["eventTypeId"]), start_ms, _minutes(body, "slotDuration"), _minutes(body, "reservationDuration")
    )


def _minutes(body: dict[str, Any], name: str) -> int | None:
    return None if body.get(name) is None else int(body[name])


def _content(reservation: Reservation) -> dict[str, Any]:
    return {
        "eventTypeId": reservation.event_type_id,
        "slotStart": iso(reservation.start_ms),
        "slotEnd": iso(reservation.end_ms),
        "slotDuration": (reservation.end_ms - reservation.start_ms) // MS_PER_MINUTE,
        "reservationUid": reservation.uid,
        "reservationUntil": iso(reservation.until_ms),
    }
