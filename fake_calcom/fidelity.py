"""How faithful the fake is, endpoint by endpoint: what each was read from, and where it is known to differ.

`python -m fake_calcom.fidelity` prints the document that is committed as `FIDELITY.md`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_calcom.auth import Access
from fake_calcom.openapi.operations import OPERATIONS
from fake_calcom.routes import ROUTES
from fake_calcom.versions import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.routing import Route

_ACCESS = {Access.OPTIONAL: "optional", Access.PERMISSIONS: "needed (403)", Access.REQUIRED: "needed (401)"}
_INPUT_SERVICE = "the platform's booking input and output services"
_EMPTY = "always empty: the fake's calendars and rooms keep nothing"
_OLD = "kept for public clients that send no version; rules as in the new version, the shape is the old one"


@dataclass(slots=True, frozen=True)
class Origin:
    """What an operation was read from, in names of Cal.com's own parts, and its known difference ("" for none)."""

    source: str
    unlike: str = ""


ORIGINS: Mapping[str, Origin] = {
    "createBooking": Origin(
        f"handleNewBooking, the existing-booking look-up, the Prisma idempotency extension, {_INPUT_SERVICE}",
        "weights know no host who joined within the month; no connected calendars; nothing is ever paid",
    ),
    "listBookings": Origin("the bookings list of the core and the platform's query class", "no organisations"),
    "getBooking": Origin(_INPUT_SERVICE),
    "cancelBooking": Origin("the platform's cancel service, handleCancelBooking", "no refunds, no workflows"),
    "rescheduleBooking": Origin("the platform's reschedule input, handleNewBooking with a rescheduleUid"),
    "confirmBooking": Origin("confirmHandler", "no payment is captured"),
    "declineBooking": Origin("confirmHandler", "no payment is given back"),
    "markAbsent": Origin("the no-show handler"),
    "reassignBooking": Origin("the platform's reassign call, getLuckyUser"),
    "reassignBookingTo": Origin("the platform's reassign call"),
    "getCalendarLinks": Origin(
        "the platform's calendar links", "Google, Office 365 and Outlook only, shape of the links"
    ),
    "getBookingReferences": Origin("the platform's bookings controller", _EMPTY),
    "getBookingRecordings": Origin("the platform's bookings controller", _EMPTY),
    "getBookingTranscripts": Origin("the platform's bookings controller", _EMPTY),
    "createBookingOld": Origin("the bookings controller of 2024-04-15, handleNewBooking", _OLD),
    "listBookingsOld": Origin("the bookings controller of 2024-04-15", _OLD),
    "getBookingOld": Origin("the bookings controller of 2024-04-15", _OLD),
    "cancelBookingOld": Origin("the bookings controller of 2024-04-15, handleCancelBooking", _OLD),
    "getSlots": Origin(
        "getAvailableSlots, buildSlotsWithDateRanges, getBusyTimes, the platform's slots service and its 2 s cache",
        "no connected calendars, no out-of-office: only the fake's own bookings make somebody busy",
    ),
    "reserveSlot": Origin("the platform's slots service of 2024-09-04"),
    "getReservation": Origin("the platform's slots service of 2024-09-04"),
    "moveReservation": Origin("the platform's slots service of 2024-09-04"),
    "releaseReservation": Origin("the platform's slots service of 2024-09-04"),
    "getSlotsOld": Origin("the slots controller of 2024-04-15, getAvailableSlots", _OLD),
    "reserveSlotOld": Origin("the slots controller of 2024-04-15", _OLD),
    "releaseSlotOld": Origin("the slots controller of 2024-04-15", _OLD),
    "listEventTypes": Origin("the event types controller of 2024-06-14"),
    "createEventType": Origin("the event types input service of 2024-06-14", "no payment apps, no e-mail settings"),
    "getEventType": Origin("the event types controller of 2024-06-14"),
    "updateEventType": Origin("the event types input service of 2024-06-14", "no payment apps, no e-mail settings"),
    "deleteEventType": Origin("the event types controller of 2024-06-14"),
    "listEventTypesOld": Origin("the event types controller of 2024-04-15", "one group, the caller's own"),
    "getEventTypeOld": Origin("the event types controller of 2024-04-15"),
    "listTeams": Origin("the teams controller", "read only; teams come with a world"),
    "getTeam": Origin("the teams controller", "read only; teams come with a world"),
    "listTeamEventTypes": Origin("the team event types controller", "read only; they come with a world"),
    "getTeamEventType": Origin("the team event types controller", "read only; they come with a world"),
    "createSchedule": Origin("the schedules controller of 2024-06-11"),
    "listSchedules": Origin("the schedules controller of 2024-06-11"),
    "getDefaultSchedule": Origin("the schedules controller of 2024-06-11"),
    "getSchedule": Origin("the schedules controller of 2024-06-11"),
    "updateSchedule": Origin("the schedules controller of 2024-06-11"),
    "deleteSchedule": Origin("the schedules controller of 2024-06-11"),
    "createWebhook": Origin(
        "the webhooks controller, sendPayload", "the caller's own only, none of teams or OAuth clients"
    ),
    "listWebhooks": Origin("the webhooks controller"),
    "getWebhook": Origin("the webhooks controller"),
    "updateWebhook": Origin("the webhooks controller"),
    "deleteWebhook": Origin("the webhooks controller"),
    "getMe": Origin("the me controller", "no organisation, 12-hour format, weeks begin on Sunday"),
    "getHealth": Origin("the health controller"),
}

_TOP = """# How faithful the fake is, endpoint by endpoint

Written by `python -m fake_calcom.fidelity > fake_calcom/FIDELITY.md`; do not edit.

Behaviour was read from Cal.com's public source as released on 2025-10-04 (5.7.8) and from its end-to-end tests; the
column "read from" names the parts. It is no copy of a running cal.com: what differs is said, what is not in the table
is answered with Cal.com's own 404. `EVIDENCE.md` says what may be tested against it, each line with its proof.

| endpoint | operation | `cal-api-version` | credentials | answers of its own | read from | unlike Cal.com |
|---|---|---|---|---|---|---|
"""
_BOTTOM = """
Every endpoint but the health also answers 400 (parser, shape), 401 (bad key), 404, 413 and 429, as what stands before
it does: CustomThrottlerGuard (120 calls in 60 s, then a block of 60 s without `Retry-After`), PermissionsGuard,
ApiAuthStrategy.

Not there at all: organisations, managed users, OAuth clients, payments, workflows, routing forms, connected calendars,
out-of-office, and every endpoint that is not in the table.
"""


def document() -> str:
    """The whole document, as committed."""
    return _TOP + "".join(f"{_line(route)}\n" for route in ROUTES) + _BOTTOM


def _line(route: Route) -> str:
    origin = ORIGINS[route.operation]
    versions = "every" if route.versions == EVERY else ", ".join(sorted(route.versions))
    operation = OPERATIONS[route.operation]
    statuses = ", ".join(map(str, (operation.status, *operation.refusals)))
    endpoint = f"{route.method} `{route.path}`"
    cells = (endpoint, route.operation, versions, _ACCESS[route.access], statuses, origin.source, origin.unlike)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(document())
