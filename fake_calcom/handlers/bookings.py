"""Bookings, version 2024-08-13: create, read, list, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.booking.cancel import cancel_booking
from fake_calcom.booking.create import answered_of, create_bookings
from fake_calcom.booking.listing import list_bookings
from fake_calcom.booking.request import read_booking_request
from fake_calcom.dto.bookings import CANCEL, create_shape
from fake_calcom.dto.list_bookings import LIST_BOOKINGS, list_values, read_list_query
from fake_calcom.dto.shape import refuse_joined, refuse_listed
from fake_calcom.errors import not_found
from fake_calcom.handlers.views import object_body, one_booking, required_body, shown_list
from fake_calcom.wire import Answer, encode, success_bytes

if TYPE_CHECKING:
    from fake_calcom.routing import Request


async def create(request: Request) -> Answer:
    """POST /v2/bookings: 201 with the booking, or with the list of a series."""
    body = required_body(request)
    refuse_joined(create_shape(body, request.version), body)
    booked = await create_bookings(request.universe, read_booking_request(body), request.caller)
    first = booked[0]
    if first.row.series_uid is None:
        return one_booking(request, first.row, 201, first.seat_uid)
    return success_bytes(shown_list(request, answered_of(request.universe, booked)), 201)


async def read(request: Request) -> Answer:
    """GET /v2/bookings/{uid}: the booking, or the list of a series."""
    uid = request.params["uid"]
    row = request.universe.bookings.by_uid(uid)
    if row is not None:
        return one_booking(request, row)
    series = request.universe.bookings.of_series(uid)
    if not series:
        raise not_found(f"Booking with uid={uid} was not found in the database")
    return success_bytes(shown_list(request, series))


async def list_all(request: Request) -> Answer:
    """GET /v2/bookings: the caller's bookings, filtered, sorted and cut into pages."""
    values = list_values(request.query)
    refuse_listed(LIST_BOOKINGS, values)
    page = list_bookings(request.universe, request.me(), read_list_query(values))
    data = shown_list(request, page.rows)
    return Answer(200, b'{"status":"success","data":' + data + b',"pagination":' + encode(page.pagination()) + b"}")


async def cancel(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/cancel: 200 with the booking, or with the whole series."""
    body = object_body(request)
    refuse_joined(CANCEL, body)
    rows = await cancel_booking(request.universe, request.params["uid"], body, request.caller)
    if isinstance(rows, list):
        return success_bytes(shown_list(request, rows))
    return one_booking(request, rows)
