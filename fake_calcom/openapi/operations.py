"""What each operation takes and answers: the one table that the contract is generated from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fake_calcom.dto import bookings, event_types, old, schedules, slot_reservations, slots, webhooks
from fake_calcom.dto.list_bookings import LIST_BOOKINGS
from fake_calcom.dto.shape import Property, Shape
from fake_calcom.openapi.contents import (
    DONE,
    OPEN,
    RESERVATION,
    SLOT_DAYS,
    TEXT,
    Schema,
    either,
    many,
    obj,
    one,
    ref,
    several,
    success,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYWHERE = (400, 401, 404, 413, 429)  # parser, credentials, route, size, rate
_SLUG = Property("eventSlug")
_PAGES = Shape((Property("take"), Property("skip")))
_MAYBE_RESERVED = success({"anyOf": [RESERVATION, {"type": "null"}]})
_MAYBE_SCHEDULE = success({"anyOf": [ref("Schedule"), {"type": "null"}]})
_PAGE = obj(status={"const": "success"}, data=many(ref("Booking")), pagination=ref("Pagination"))
_CANCELLED_OLD = success(obj(bookingId={"type": "integer"}, bookingUid=TEXT))
_SLOTS = obj(status={"const": "success"}, data=SLOT_DAYS)
_SLOT_QUERY = Shape(
    tuple({p.name: p for shape in (slots.BY_ID, slots.BY_USERNAME, slots.BY_TEAM) for p in shape.properties}.values())
)


@dataclass(slots=True, frozen=True)
class Operation:
    """One operation: the answer of its success, its bodies and query, and the refusals that are its own."""

    answer: Schema
    body: Shape | None = None
    query: Shape | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    optional: frozenset[str] = field(default_factory=frozenset)

    @property
    def statuses(self) -> tuple[int, ...]:
        """Return every status that is documented, the success first."""
        return (self.status, *sorted({*EVERYWHERE, *self.refusals}))


def _optional_query(shape: Shape, names: tuple[str, ...]) -> Operation:
    """Return the slots operation, of whose ways to name an event type only one is needed."""
    return Operation(_SLOTS, query=shape, optional=frozenset(names))


OPERATIONS: Mapping[str, Operation] = {
    "createBooking": Operation(either("Booking"), bookings.CREATE_BOOKING, status=201, refusals=(403, 409, 422, 500)),
    "listBookings": Operation(_PAGE, query=LIST_BOOKINGS, refusals=(403,)),
    "getBooking": Operation(either("Booking")),
    "cancelBooking": Operation(either("Booking"), bookings.CANCEL, refusals=(403,)),
    "rescheduleBooking": Operation(one("Booking"), bookings.RESCHEDULE, status=201, refusals=(403, 409, 500)),
    "confirmBooking": Operation(one("Booking"), refusals=(403,)),
    "declineBooking": Operation(one("Booking"), bookings.REASON, refusals=(403,)),
    "markAbsent": Operation(one("Booking"), bookings.MARK_ABSENT, refusals=(403, 500)),
    "reassignBooking": Operation(success(OPEN), refusals=(403, 409)),
    "reassignBookingTo": Operation(success(OPEN), bookings.REASON, refusals=(403, 409)),
    "getCalendarLinks": Operation(success(many(OPEN))),
    "getBookingReferences": Operation(success(many(OPEN)), refusals=(403,)),
    "getBookingRecordings": Operation(success(many(OPEN)), refusals=(403,)),
    "getBookingTranscripts": Operation(success(many(OPEN)), refusals=(403,)),
    "createBookingOld": Operation(
        either("BookingOld"), old.CREATE_BOOKING_OLD, status=201, refusals=(403, 409, 422, 500)
    ),
    "listBookingsOld": Operation(success(obj(bookings=many(ref("BookingOld")))), query=LIST_BOOKINGS, refusals=(403,)),
    "getBookingOld": Operation(one("BookingOld")),
    "cancelBookingOld": Operation(_CANCELLED_OLD, old.CANCEL_OLD, refusals=(403,)),
    "getSlots": _optional_query(_SLOT_QUERY, ("eventTypeId", "eventTypeSlug", "username", "teamSlug")),
    "reserveSlot": Operation(one("Reservation"), slot_reservations.RESERVE_SLOT, status=201, refusals=(403, 422)),
    "getReservation": Operation(_MAYBE_RESERVED),
    "moveReservation": Operation(one("Reservation"), slot_reservations.RESERVE_SLOT, refusals=(403, 422)),
    "releaseReservation": Operation(DONE),
    "getSlotsOld": Operation(success(obj(slots=OPEN)), query=old.AVAILABLE_SLOTS),
    "reserveSlotOld": Operation(success(TEXT), old.RESERVE_SLOT_OLD, status=201, refusals=(403, 422)),
    "releaseSlotOld": Operation(DONE, query=Shape((Property("uid"),))),
    "listEventTypes": Operation(several("EventType"), query=Shape((Property("username"), _SLUG))),
    "createEventType": Operation(one("EventType"), event_types.CREATE_EVENT_TYPE, status=201, refusals=(403,)),
    "getEventType": Operation(one("EventType"), refusals=(403,)),
    "updateEventType": Operation(one("EventType"), event_types.UPDATE_EVENT_TYPE, refusals=(403,)),
    "deleteEventType": Operation(one("EventType"), refusals=(403,)),
    "listEventTypesOld": Operation(success(OPEN), refusals=(403,)),
    "getEventTypeOld": Operation(success(OPEN), refusals=(403,)),
    "listTeams": Operation(several("Team"), refusals=(403,)),
    "getTeam": Operation(one("Team"), refusals=(403,)),
    "listTeamEventTypes": Operation(several("EventType"), query=Shape((_SLUG,)), refusals=(403,)),
    "getTeamEventType": Operation(one("EventType"), refusals=(403,)),
    "createSchedule": Operation(one("Schedule"), schedules.CREATE_SCHEDULE, status=201),
    "listSchedules": Operation(several("Schedule")),
    "getDefaultSchedule": Operation(_MAYBE_SCHEDULE),
    "getSchedule": Operation(one("Schedule"), refusals=(403,)),
    "updateSchedule": Operation(one("Schedule"), schedules.UPDATE_SCHEDULE, refusals=(403,)),
    "deleteSchedule": Operation(DONE, refusals=(403,)),
    "createWebhook": Operation(one("Webhook"), webhooks.CREATE_WEBHOOK, status=201, refusals=(409,)),
    "listWebhooks": Operation(several("Webhook"), query=_PAGES),
    "getWebhook": Operation(one("Webhook"), refusals=(403,)),
    "updateWebhook": Operation(one("Webhook"), webhooks.UPDATE_WEBHOOK, refusals=(403, 409)),
    "deleteWebhook": Operation(one("Webhook"), refusals=(403,)),
    "getMe": Operation(one("Me")),
    "getHealth": Operation({}),
}
