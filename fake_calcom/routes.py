"""The table of routes: every operation of Cal.com that the fake serves."""

from __future__ import annotations

from fake_calcom import versions
from fake_calcom.auth import Access
from fake_calcom.handlers import bookings, event_types, me, slots
from fake_calcom.routing import Route

BOOKINGS = (
    Route("createBooking", "POST", "/v2/bookings", bookings.create, versions=versions.BOOKINGS),
    Route("listBookings", "GET", "/v2/bookings", bookings.list_all, Access.PERMISSIONS, versions.BOOKINGS),
    Route("getBooking", "GET", "/v2/bookings/{uid}", bookings.read, versions=versions.BOOKINGS),
    Route("cancelBooking", "POST", "/v2/bookings/{uid}/cancel", bookings.cancel, versions=versions.BOOKINGS),
)
SLOTS = (Route("getSlots", "GET", "/v2/slots", slots.read, versions=versions.SLOTS),)
EVENT_TYPES = (
    Route("listEventTypes", "GET", "/v2/event-types", event_types.list_all, versions=versions.EVENT_TYPES),
    Route(
        "getEventType",
        "GET",
        "/v2/event-types/{id}",
        event_types.read,
        Access.PERMISSIONS,
        versions.EVENT_TYPES,
    ),
)
OTHERS = (Route("getMe", "GET", "/v2/me", me.read, Access.REQUIRED),)

ROUTES = (*BOOKINGS, *SLOTS, *EVENT_TYPES, *OTHERS)
