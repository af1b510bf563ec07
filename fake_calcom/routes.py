"""The table of routes: every operation of Cal.com that the fake serves."""

from __future__ import annotations

from fake_calcom import versions
from fake_calcom.auth import Access
from fake_calcom.handlers import booking_actions as actions
from fake_calcom.handlers import (
    bookings,
    bookings_old,
    event_types,
    event_types_old,
    me,
    reservations,
    schedules,
    slots,
    slots_old,
    teams,
    webhooks,
)
from fake_calcom.routing import Route

BOOKINGS = (
    Route("createBooking", "POST", "/v2/bookings", bookings.create, versions=versions.BOOKINGS),
    Route("listBookings", "GET", "/v2/bookings", bookings.list_all, Access.PERMISSIONS, versions.BOOKINGS),
    Route("getBooking", "GET", "/v2/bookings/{uid}", bookings.read, versions=versions.BOOKINGS),
    Route("cancelBooking", "POST", "/v2/bookings/{uid}/cancel", bookings.cancel, versions=versions.BOOKINGS),
    *(
        Route(operation, method, f"/v2/bookings/{{uid}}/{tail}", handler, access, versions.BOOKINGS)
        for operation, method, tail, handler, access in (
            ("rescheduleBooking", "POST", "reschedule", actions.reschedule, Access.OPTIONAL),
            ("confirmBooking", "POST", "confirm", actions.confirm, Access.PERMISSIONS),
            ("declineBooking", "POST", "decline", actions.decline, Access.PERMISSIONS),
            ("markAbsent", "POST", "mark-absent", actions.mark_absent, Access.PERMISSIONS),
            ("reassignBooking", "POST", "reassign", actions.reassign, Access.PERMISSIONS),
            ("reassignBookingTo", "POST", "reassign/{userId}", actions.reassign_to, Access.PERMISSIONS),
            ("getCalendarLinks", "GET", "calendar-links", actions.calendar_links, Access.OPTIONAL),
            ("getBookingReferences", "GET", "references", actions.nothing_kept, Access.PERMISSIONS),
            ("getBookingRecordings", "GET", "recordings", actions.nothing_kept, Access.OPTIONAL),
            ("getBookingTranscripts", "GET", "transcripts", actions.nothing_kept, Access.OPTIONAL),
        )
    ),
)
BOOKINGS_OLD = (
    Route("createBookingOld", "POST", "/v2/bookings", bookings_old.create, versions=versions.BOOKINGS_OLD),
    Route("listBookingsOld", "GET", "/v2/bookings", bookings_old.list_all, Access.PERMISSIONS, versions.BOOKINGS_OLD),
    Route("getBookingOld", "GET", "/v2/bookings/{uid}", bookings_old.read, versions=versions.BOOKINGS_OLD),
    Route("cancelBookingOld", "POST", "/v2/bookings/{uid}/cancel", bookings_old.cancel, versions=versions.BOOKINGS_OLD),
)
RESERVATION = "/v2/slots/reservations/{uid}"
SLOTS = (
    Route("getSlots", "GET", "/v2/slots", slots.read, versions=versions.SLOTS),
    Route("reserveSlot", "POST", "/v2/slots/reservations", reservations.create, versions=versions.SLOTS),
    Route("getReservation", "GET", RESERVATION, reservations.read, versions=versions.SLOTS),
    Route("moveReservation", "PATCH", RESERVATION, reservations.update, versions=versions.SLOTS),
    Route("releaseReservation", "DELETE", RESERVATION, reservations.delete, versions=versions.SLOTS),
)
SLOTS_OLD = (
    Route("getSlotsOld", "GET", "/v2/slots/available", slots_old.available, versions=versions.SLOTS_OLD),
    Route("reserveSlotOld", "POST", "/v2/slots/reserve", slots_old.reserve, versions=versions.SLOTS_OLD),
    Route("releaseSlotOld", "DELETE", "/v2/slots/selected-slot", slots_old.release, versions=versions.SLOTS_OLD),
)
EVENT_TYPE = "/v2/event-types/{id}"
EVENT_TYPES = (
    Route("listEventTypes", "GET", "/v2/event-types", event_types.list_all, versions=versions.EVENT_TYPES),
    *(
        Route(operation, method, path, handler, Access.PERMISSIONS, versions.EVENT_TYPES)
        for operation, method, path, handler in (
            ("createEventType", "POST", "/v2/event-types", event_types.create),
            ("getEventType", "GET", EVENT_TYPE, event_types.read),
            ("updateEventType", "PATCH", EVENT_TYPE, event_types.update),
            ("deleteEventType", "DELETE", EVENT_TYPE, event_types.delete),
        )
    ),
    *(
        Route(operation, "GET", path, handler, Access.PERMISSIONS, versions.EVENT_TYPES_OLD)
        for operation, path, handler in (
            ("listEventTypesOld", "/v2/event-types", event_types_old.list_all),
            ("getEventTypeOld", EVENT_TYPE, event_types_old.read),
        )
    ),
)
TEAMS = tuple(
    Route(operation, "GET", path, handler, Access.PERMISSIONS)
    for operation, path, handler in (
        ("listTeams", "/v2/teams", teams.list_all),
        ("getTeam", "/v2/teams/{teamId}", teams.read),
        ("listTeamEventTypes", "/v2/teams/{teamId}/event-types", teams.list_event_types),
        ("getTeamEventType", "/v2/teams/{teamId}/event-types/{id}", teams.read_event_type),
    )
)
SCHEDULES = tuple(
    Route(operation, method, path, handler, Access.REQUIRED, served)
    for operation, method, path, handler, served in (
        ("createSchedule", "POST", "/v2/schedules", schedules.create, versions.SCHEDULES),
        ("listSchedules", "GET", "/v2/schedules", schedules.list_all, versions.SCHEDULES),
        ("getDefaultSchedule", "GET", "/v2/schedules/default", schedules.read_default, versions.SCHEDULES),
        ("getSchedule", "GET", "/v2/schedules/{id}", schedules.read, versions.SCHEDULES),
        ("updateSchedule", "PATCH", "/v2/schedules/{id}", schedules.update, versions.SCHEDULES),
        ("deleteSchedule", "DELETE", "/v2/schedules/{id}", schedules.delete, versions.SCHEDULES),
    )
)
WEBHOOKS = tuple(
    Route(operation, method, path, handler, Access.REQUIRED)
    for operation, method, path, handler in (
        ("createWebhook", "POST", "/v2/webhooks", webhooks.create),
        ("listWebhooks", "GET", "/v2/webhooks", webhooks.list_all),
        ("getWebhook", "GET", "/v2/webhooks/{id}", webhooks.read),
        ("updateWebhook", "PATCH", "/v2/webhooks/{id}", webhooks.update),
        ("deleteWebhook", "DELETE", "/v2/webhooks/{id}", webhooks.delete),
    )
)
OTHERS = (
    Route("getMe", "GET", "/v2/me", me.read, Access.REQUIRED),
    Route("getHealth", "GET", "/health", me.health),
)

ROUTES = (
    *BOOKINGS,
    *BOOKINGS_OLD,
    *SLOTS,
    *SLOTS_OLD,
    *EVENT_TYPES,
    *TEAMS,
    *SCHEDULES,
    *WEBHOOKS,
    *OTHERS,
)
