"""What is done to a booking that exists, version 2024-08-13."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fake_calcom.booking import decide
from fake_calcom.booking.reschedule import reschedule_booking
from fake_calcom.dto.bookings import MARK_ABSENT, REASON, RESCHEDULE
from fake_calcom.dto.shape import refuse_joined, refuse_listed
from fake_calcom.errors import not_found
from fake_calcom.handlers.views import numeric, object_body, one_booking
from fake_calcom.times import to_datetime
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.state.bookings import Row


async def reschedule(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/reschedule: 201 with the new booking."""
    body = object_body(request)
    refuse_joined(RESCHEDULE, body)
    booked = await reschedule_booking(request.universe, request.params["uid"], body, request.caller)
    return one_booking(request, booked.row, 201, booked.seat_uid)


async def confirm(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/confirm: 200 with the accepted booking."""
    return one_booking(request, decide.confirm(request.universe, request.params["uid"], request.me()))


async def decline(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/decline: 200 with the rejected booking."""
    body = object_body(request)
    refuse_listed(REASON, body)
    row = decide.decline(request.universe, request.params["uid"], request.me(), body.get("reason"))
    return one_booking(request, row)


async def mark_absent(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/mark-absent: 200 with the booking."""
    body = object_body(request)
    refuse_listed(MARK_ABSENT, body)
    return one_booking(request, decide.mark_absent(request.universe, request.params["uid"], request.me(), body))


async def reassign(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/reassign: to the next host in turn who is free."""
    return _reassigned(decide.reassign(request.universe, request.params["uid"], request.me()))


async def reassign_to(request: Request) -> Answer:
    """POST /v2/bookings/{uid}/reassign/{userId}: to the host named."""
    refuse_listed(REASON, object_body(request))
    user_id = numeric(request.params["userId"])
    return _reassigned(decide.reassign(request.universe, request.params["uid"], request.me(), user_id))


async def calendar_links(request: Request) -> Answer:
    """GET /v2/bookings/{uid}/calendar-links: links with which an attendee adds the booking to a calendar."""
    row = _known(request)
    content = row.content()
    dates = "/".join(to_datetime(ms).strftime("%Y%m%dT%H%M%SZ") for ms in (row.start_ms, row.end_ms))
    google = urlencode(
        {"action": "TEMPLATE", "dates": dates, "text": content["title"], "location": content["location"]}
    )
    outlook = urlencode({"startdt": content["start"], "enddt": content["end"], "subject": content["title"]})
    return success(
        [
            {"label": "Google Calendar", "link": f"https://calendar.google.com/calendar/r/eventedit?{google}"},
            {
                "label": "Microsoft Office 365",
                "link": f"https://outlook.office.com/calendar/0/deeplink/compose?{outlook}",
            },
            {"label": "Microsoft Outlook", "link": f"https://outlook.live.com/calendar/0/deeplink/compose?{outlook}"},
        ]
    )


async def nothing_kept(request: Request) -> Answer:
    """GET references, recordings, transcripts of a booking: the fake's calendars and rooms keep none."""
    _known(request)
    return success([])


def _known(request: Request) -> Row:
    row = request.universe.bookings.by_uid(request.params["uid"])
    if row is None:
        raise not_found(f"Booking with uid={request.params['uid']} was not found in the database")
    return row


def _reassigned(row: Row) -> Answer:
    host = row.content()["hosts"][0]
    to = {"id": host["id"], "name": host["name"], "email": host["email"]}
    return success({"bookingUid": row.uid, "reassignedTo": to})
