"""How stored bookings are shown to a caller, and the bodies that handlers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import bad_request
from fake_calcom.state.bookings import CANCELLED
from fake_calcom.versions import NEWEST
from fake_calcom.wire import encode, success_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.routing import Request
    from fake_calcom.state.bookings import Row
    from fake_calcom.wire import Answer

ID_DIGITS_MAX = 18


def required_body(request: Request) -> dict[str, Any]:
    """Return the body of a call that must have one."""
    if request.body is None:
        raise bad_request("Body is required")
    return object_body(request)


def object_body(request: Request) -> dict[str, Any]:
    """Return the body as an object; a call without one has an empty object."""
    if request.body is None:
        return {}
    if not isinstance(request.body, dict):
        raise bad_request("Body should be an object")
    return request.body


def numeric(text: str) -> int:
    """Return an id in a path; 400 when it is no number."""
    if not (text.isascii() and text.isdigit() and len(text) <= ID_DIGITS_MAX):
        raise bad_request("Validation failed (numeric string is expected)")
    return int(text)


def shown(request: Request, row: Row, seat_uid: str | None = None) -> bytes:
    """Return a booking's JSON for this caller; `seat_uid` is added on create and reschedule only."""
    event_type = request.universe.directory.event_types.get(row.event_type_id)
    if event_type is None or event_type.seats is None:
        return row.answer
    content = row.content()
    manages = request.caller is not None and request.universe.directory.may_manage(request.caller.id, event_type)
    is_gone = row.status == CANCELLED and request.version != NEWEST
    if is_gone or not (event_type.seats.shows_attendees or manages):
        content["attendees"] = []
    if seat_uid is not None:
        content["seatUid"] = seat_uid
    return encode(content)


def shown_list(request: Request, rows: Iterable[Row]) -> bytes:
    """Return a JSON list of bookings for this caller."""
    return b"[" + b",".join(shown(request, row) for row in rows) + b"]"


def one_booking(request: Request, row: Row, status: int = 200, seat_uid: str | None = None) -> Answer:
    """Return one booking in the success envelope."""
    return success_bytes(shown(request, row, seat_uid), status)
