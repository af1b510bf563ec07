"""Make a booking, in Cal.com's order: checks of the request, lookup, time, hosts, race window, INSERT.

Source: Cal.com, handleNewBooking and the platform's booking service. What happens in which order is the
point: a repeat is answered by the lookup before anything looks at time or availability, and two requests may
both pass the availability check before either is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fake_calcom.booking.announce import announce, news_of_new
from fake_calcom.booking.availability import Question
from fake_calcom.booking.booker import refuse_booker
from fake_calcom.booking.content import Content, Identity, Plan, Successor, new_content, new_row
from fake_calcom.booking.find_event_type import find_event_type, refuse_unbookable
from fake_calcom.booking.limits import refuse_beyond_limits
from fake_calcom.booking.request import placeholder_email
from fake_calcom.booking.seats import find_seated, take_seat
from fake_calcom.booking.turns import turns_of
from fake_calcom.errors import RawError, bad_request, internal_error
from fake_calcom.rules.booking_fields import hides_email, refuse_wrong_responses
from fake_calcom.rules.booking_window import is_out_of_bounds
from fake_calcom.rules.core_schema import refuse_wrong_values
from fake_calcom.rules.existing_booking import becomes_pending, first_match, looks_up, window_opens_ms
from fake_calcom.rules.host_choice import Chosen, NobodyFreeError, SomeBusyError, choose_hosts
from fake_calcom.rules.locations import resolve_location
from fake_calcom.rules.recurrence import occurrence_starts, refuse_wrong_count
from fake_calcom.rules.unique_key import unique_key
from fake_calcom.state.bookings import ACCEPTED, AWAITING_HOST, CANCELLED, PENDING, Row
from fake_calcom.state.entities import SchedulingType
from fake_calcom.times import iso

if TYPE_CHECKING:
    from fake_calcom.booking.request import Booker, BookingRequest
    from fake_calcom.state.entities import EventType, User
    from fake_calcom.universe import Universe

BUSY_PERSONAL = "User either already has booking at this time or is not available"
BUSY_TEAM = "One of the hosts either already has booking at this time or is not available"
IN_THE_PAST = "Attempting to book a meeting in the past."
OUT_OF_BOUNDS = (
    "The event type can't be booked at the \"start\" time provided. This could be because it's too soon (violating "
    "the minimum booking notice) or too far in the future (outside the event's scheduling window). Try fetching "
    'available slots first using the GET /v2/slots endpoint and then make a booking with "start" time equal to one '
    "of the available slots: https://cal.com/docs/api-reference/v2/slots"
)


class Booked(NamedTuple):
    """What came of one booking: its row, the seat taken, and whether the lookup found it."""

    row: Row
    seat_uid: str | None = None
    existed: bool = False


async def create_bookings(universe: Universe, request: BookingRequest, caller: User | None) -> list[Booked]:
    """Make what was asked for: one booking, or each of a series; ApiError as Cal.com refuses."""
    event_type = find_event_type(universe, request.event_type)
    refuse_unbookable(universe, event_type, request, caller)
    plan = plan_booking(universe, event_type, request, caller)
    refuse_booker(universe, plan, caller, request.verification_code)
    if plan.series_uid is None:
        return [await book(universe, plan)]
    starts = occurrence_starts(plan.event_type, plan.start_ms, request.recurrence_count)
    for start in starts:
        _refuse_unavailable(universe, plan._replace(start_ms=start))
    return [
        await book(universe, plan._replace(start_ms=start), mails=first)
        for start, first in zip(starts, [True] + [False] * len(starts), strict=False)
    ]


def answered_of(universe: Universe, series: list[Booked]) -> list[Row]:
    """Return what Cal.com answers of a series, by start: all of it, and of a round robin's all but the first made.

    Source: Cal.com, handleNewRecurringBooking: the booking that finds the host does not get into its list.
    """
    event_type = universe.directory.event_types[series[0].row.event_type_id]
    told = series[1:] if event_type.is_round_robin else series
    return sorted((booked.row for booked in told), key=lambda row: row.start_ms)


def plan_booking(universe: Universe, event_type: EventType, request: BookingRequest, caller: User | None) -> Plan:
    """Check what needs no other booking to be checked, and return the plan."""
    refuse_wrong_responses(event_type, request.responses, request.booker.phone)
    length = _length(event_type, request.length_minutes)
    if request.core_length_minutes not in (None, length):
        length = _core_length(event_type, request.core_length_minutes or 0)
    location = resolve_location(event_type, request.location, request.booker.phone)
    refuse_wrong_count(event_type, request.recurrence_count)
    refuse_wrong_values(request.metadata, request.booker.email, request.guests)
    manages = caller is not None and universe.directory.may_manage(caller.id, event_type)
    return Plan(
        event_type=event_type,
        start_ms=request.start_ms,
        length_minutes=length,
        booker=_booker(event_type, request.booker),
        location=location,
        responses=request.responses,
        metadata=request.metadata,
        guests=request.guests,
        series_uid=universe.outside.ids.uuid() if event_type.recurrence else None,
        instant=request.instant,
        allows_conflicts=manages and request.allows_conflicts,
        allows_out_of_bounds=manages and request.allows_out_of_bounds,
    )


def _length(event_type: EventType, wanted: int | None) -> int:
    if wanted is None:
        return event_type.length_minutes
    if not event_type.length_options:
        raise bad_request(
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, "
            "remove the 'lengthInMinutes' field from the request."
        )
    if wanted not in event_type.length_options:
        possible = ", ".join(map(str, event_type.length_options))
        raise bad_request(
            "Provided 'lengthInMinutes' is not one of the possible lengths for the event type. The possible lengths "
            f"are: {possible}"
        )
    return wanted


def _booker(event_type: EventType, booker: Booker) -> Booker:
    if booker.phone is None or not hides_email(event_type):
        return booker
    return booker._replace(email=placeholder_email(booker.phone))


def _core_length(event_type: EventType, minutes: int) -> int:
    """Return a length that came as an `end`; the core's raw 400 when the event type does not have it."""
    if minutes not in event_type.length_options:
        raise RawError(400, "Invalid event length")
    return minutes


async def book(
    universe: Universe, plan: Plan, successor: Successor | None = None, *, mails: bool = True, moves_seat: bool = False
) -> Booked:
    """Make one booking of a plan, or hand back the one that the lookup finds.

    `mails` is off for the later occurrences of a series; `moves_seat` makes the news a reschedule.
    """
    now_ms = universe.now_ms()
    by_owner = successor is not None and successor.moved_by_owner
    pending = _becomes_pending(universe, plan, now_ms, by_owner=by_owner)
    existing = _look_up(universe, plan, now_ms, pending=pending)
    if existing is not None:
        return Booked(existing, "" if plan.event_type.seats else None, existed=True)
    _refuse_wrong_time(plan, now_ms)
    refuse_beyond_limits(universe, plan, successor)
    if plan.event_type.seats:
        seated = find_seated(universe, plan)
        if seated is not None:
            return Booked(*take_seat(universe, plan, seated))
    chosen = _choose(universe, plan, successor)
    await universe.outside.window.between_check_and_insert("rescheduleBooking" if successor else "createBooking")
    status, is_move = _status(plan, pending=pending), successor is not None or moves_seat
    booked, content = _insert(universe, plan, chosen, status, successor)
    news = news_of_new(plan.event_type, status, rescheduled=is_move)
    announce(universe, booked.row, news, mails=mails, content=content)
    return booked


def _refuse_unavailable(universe: Universe, plan: Plan) -> None:
    """Refuse a series before any of it is made, when one of its times could not be booked."""
    now_ms = universe.now_ms()
    pending = _becomes_pending(universe, plan, now_ms)
    if _look_up(universe, plan, now_ms, pending=pending) is None:
        _refuse_wrong_time(plan, now_ms)
        _choose(universe, plan, None)


def _becomes_pending(universe: Universe, plan: Plan, now_ms: int, *, by_owner: bool = False) -> bool:
    free_mail = plan.event_type.asks_free_mail and universe.directory.is_free_mail(plan.booker.email)
    return becomes_pending(plan.event_type, plan.start_ms, now_ms, by_owner=by_owner, free_mail=free_mail)


def _look_up(universe: Universe, plan: Plan, now_ms: int, *, pending: bool) -> Row | None:
    generation = universe.generation
    if not looks_up(plan.event_type, generation, pending=pending):
        return None
    candidates = universe.bookings.of_attendance(plan.event_type.id, plan.start_ms, plan.booker.email)
    opens_ms = window_opens_ms(generation, now_ms)
    return first_match(candidates, plan.booker.email, plan.booker.phone, pending=pending, made_after_ms=opens_ms)


def _refuse_wrong_time(plan: Plan, now_ms: int) -> None:
    if plan.start_ms < now_ms:
        raise bad_request(IN_THE_PAST)
    if not plan.allows_out_of_bounds and is_out_of_bounds(plan.event_type, plan.start_ms, now_ms):
        raise bad_request(OUT_OF_BOUNDS)


def _choose(universe: Universe, plan: Plan, successor: Successor | None) -> Chosen:
    event_type = plan.event_type
    question = Question(event_type, successor.row.number if successor else None)
    try:
        return choose_hosts(
            event_type,
            lambda user_id: (
                plan.allows_conflicts or universe.availability.is_free(user_id, plan.start_ms, plan.end_ms, question)
            ),
            turns_of(universe, event_type.id),
        )
    except NobodyFreeError:
        is_team = event_type.is_team and successor is None
        raise bad_request(BUSY_TEAM if is_team else BUSY_PERSONAL) from None
    except SomeBusyError:
        raise internal_error() from None


def _status(plan: Plan, *, pending: bool) -> str:
    if plan.instant:
        return AWAITING_HOST
    return PENDING if pending else ACCEPTED


def _insert(
    universe: Universe, plan: Plan, chosen: Chosen, status: str, successor: Successor | None
) -> tuple[Booked, Content]:
    """Write the row, and with it cancel the one it replaces: one transaction, both or neither."""
    directory, now_ms = universe.directory, universe.now_ms()
    organizer = directory.users[chosen.organizer_id]
    others = tuple([directory.users[user_id] for user_id in chosen.others])
    key = _free_key(universe, plan, organizer, others, status, successor)
    uid = universe.new_booking_uid(organizer.username or "", plan.start_ms, now_ms)
    seat_uid = universe.outside.ids.uuid() if plan.event_type.seats else None
    identity = Identity(universe.outside.ids.booking_id(), uid, now_ms, seat_uid)
    content = new_content(plan, identity, status, organizer, others, _team_name(universe, plan, others))
    if successor is not None:
        _succeed(content, successor)
        _retire(universe, successor.row, uid, now_ms)
        universe.time_was_freed()
    row = new_row(plan, identity, status, organizer.id, content, key)
    return Booked(universe.bookings.insert(row, content), seat_uid), content


def _free_key(
    universe: Universe, plan: Plan, organizer: User, others: tuple[User, ...], status: str, successor: Successor | None
) -> str | None:
    """Return the unique key of a new row; the raw 409 when another booking holds it."""
    key = unique_key(
        universe.generation,
        event_type_id=plan.event_type.id,
        start_ms=plan.start_ms,
        end_ms=plan.end_ms,
        host_id=organizer.id,
        emails=[plan.booker.email, *[user.email for user in others], *plan.guests],
        status=status,
    )
    holder = universe.bookings.holder_of_key(key) if key is not None else None
    if holder is not None and (successor is None or holder != successor.row.number):
        raise RawError(409, "booking_conflict_error")
    return key


def _team_name(universe: Universe, plan: Plan, others: tuple[User, ...]) -> str | None:
    event_type = plan.event_type
    if event_type.team_id is None:
        return None
    if event_type.scheduling_type is SchedulingType.COLLECTIVE or others:
        return universe.directory.teams[event_type.team_id].name
    return None


def _succeed(content: dict[str, object], successor: Successor) -> None:
    """Give a new answer what it takes over from the booking it replaces."""
    content["rescheduledFromUid"] = successor.row.uid
    content["icsUid"] = successor.row.content()["icsUid"]
    if successor.reason:
        content["reschedulingReason"] = successor.reason
        responses = content.get("bookingFieldsResponses")
        if isinstance(responses, dict):
            responses["rescheduledReason"] = successor.reason


def _retire(universe: Universe, old: Row, new_uid: str, now_ms: int) -> None:
    content = old.content()
    content |= {"status": CANCELLED, "rescheduledToUid": new_uid, "updatedAt": iso(now_ms)}
    universe.bookings.update(old, content, status=CANCELLED, updated_ms=now_ms, unique_key=None)
