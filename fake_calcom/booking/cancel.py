"""Cancel a booking, a series, the rest of a series, or a seat.

Source: Cal.com, the platform's cancel service and handleCancelBooking. The trigger is sent, and its receivers
answer, before the row's status changes: a receiver that reads the booking still finds it accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.announce import CANCELLED as CANCELLED_TRIGGER
from fake_calcom.booking.announce import News, fire, send_mails
from fake_calcom.booking.seats import cancel_seat
from fake_calcom.errors import RawError, bad_request, not_found
from fake_calcom.state.bookings import CANCELLED, REJECTED, Row
from fake_calcom.times import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.entities import User
    from fake_calcom.universe import Universe

OVER = (CANCELLED, REJECTED)


async def cancel_booking(universe: Universe, uid: str, body: Mapping[str, Any], caller: User | None) -> Row | list[Row]:
    """Cancel what `uid` and the checked body name; return the booking, or its series in order."""
    row = universe.bookings.by_uid(uid)
    subsequent = bool(body.get("cancelSubsequentBookings"))
    if row is None:
        return await _cancel_series(universe, uid, body, caller, subsequent=subsequent)
    if subsequent and row.series_uid is None:
        raise bad_request(f"Booking with bookingUid={uid} is not part of a recurring booking.")
    if row.status == CANCELLED:
        raise bad_request(
            f"Can't cancel booking with uid={uid} because it has been cancelled already. Please provide uid of a "
            "booking that is not cancelled."
        )
    if subsequent:
        return await _cancel_rest(universe, row, body, caller)
    if body.get("seatUid") is not None:
        _refuse(universe, row, body, caller)
        universe.time_was_freed()
        return cancel_seat(universe, row, body["seatUid"], body.get("cancellationReason"))
    _refuse_unnamed_seat(universe, row, caller)
    _refuse(universe, row, body, caller)
    return await _cancel(universe, row, body, caller)


async def _cancel_series(
    universe: Universe, series_uid: str, body: Mapping[str, Any], caller: User | None, *, subsequent: bool
) -> list[Row]:
    series = universe.bookings.of_series(series_uid)
    if not series:
        raise not_found(f"Booking with uid={series_uid} not found")
    if subsequent:
        raise bad_request(
            "Cannot cancel subsequent bookings for recurring event - you have to provide uid of one of the individual "
            "bookings of a recurring booking."
        )
    if all(row.status == CANCELLED for row in series):
        raise bad_request(
            f"Can't cancel booking with uid={series_uid} because it has been cancelled already. Please provide uid of "
            "a booking that is not cancelled."
        )
    now_ms = universe.now_ms()
    await _cancel_each(universe, [row for row in series if row.start_ms >= now_ms], body, caller)
    return universe.bookings.of_series(series_uid)


async def _cancel_rest(universe: Universe, row: Row, body: Mapping[str, Any], caller: User | None) -> list[Row]:
    assert row.series_uid is not None, "only a series has a rest"
    series = universe.bookings.of_series(row.series_uid)
    await _cancel_each(universe, [other for other in series if other.start_ms >= row.start_ms], body, caller)
    return universe.bookings.of_series(row.series_uid)


async def _cancel_each(universe: Universe, rows: list[Row], body: Mapping[str, Any], caller: User | None) -> None:
    live = [row for row in rows if row.status not in OVER]
    for row in live:
        _refuse(universe, row, body, caller)
    for row in live:
        await _cancel(universe, row, body, caller)


def _refuse_unnamed_seat(universe: Universe, row: Row, caller: User | None) -> None:
    event_type = universe.directory.event_types.get(row.event_type_id)
    if event_type is None or event_type.seats is None:
        return
    if caller is None or not universe.directory.may_manage(caller.id, event_type):
        raise RawError(401, "User not a host of this event")


def _refuse(universe: Universe, row: Row, body: Mapping[str, Any], caller: User | None) -> None:
    event_type = universe.directory.event_types.get(row.event_type_id)
    if event_type is not None and event_type.cancelling_disabled:
        raise RawError(400, "This event type does not allow cancellations")
    if caller is not None and caller.id == row.host_id and not body.get("cancellationReason"):
        raise RawError(400, "Cancellation reason is required when you are the host")
    if row.end_ms < universe.now_ms():
        raise RawError(400, "Cannot cancel a booking that has already ended")


async def _cancel(universe: Universe, row: Row, body: Mapping[str, Any], caller: User | None) -> Row:
    reason = body.get("cancellationReason")
    by = caller.email if caller else None
    more = {"status": "CANCELLED", "cancellationReason": reason, "cancelledBy": by}
    news = News(CANCELLED_TRIGGER, "attendee_cancelled", "organizer_cancelled", more)
    for delivery in fire(universe, row, news):
        await universe.outbox.send(delivery)
    now_ms = universe.now_ms()
    current = universe.bookings.by_uid(row.uid)
    assert current is not None, "a booking is never removed"
    content = current.content() | {"status": CANCELLED, "updatedAt": iso(now_ms)}
    if reason:
        content["cancellationReason"] = reason
    if by:
        content["cancelledByEmail"] = by
    universe.time_was_freed()
    row = universe.bookings.update(current, content, status=CANCELLED, updated_ms=now_ms, unique_key=None)
    send_mails(universe, row, news)
    return row
