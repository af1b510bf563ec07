"""From the API's description of an event type (`spec`, validated before) to the entity, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.state.entities import (
    MINIMUM_NOTICE_MINUTES,
    BookingField,
    BookingWindow,
    Confirmation,
    EventType,
    Host,
    Recurrence,
    SchedulingType,
    Seats,
)
from fake_calcom.times import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

UNITS_MS = {"minutes": MS_PER_MINUTE, "hours": MS_PER_HOUR, "days": MS_PER_DAY}
DEFAULT_LOCATION = {"type": "integration", "integration": "cal-video"}


@dataclass(slots=True, frozen=True)
class Ownership:
    """Whose an event type is, a user's or a team's with its hosts; and what only Cal.com's web page sets."""

    id: int
    key: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    scheduling_type: SchedulingType | None = None
    hosts: tuple[Host, ...] = ()
    uses_weights: bool = False
    asks_free_mail: bool = False


def read_event_type(owned: Ownership, spec: Mapping[str, Any]) -> EventType:
    """Return the entity that a validated `spec` describes."""
    return EventType(
        id=owned.id,
        key=owned.key,
        owner_id=owned.owner_id,
        team_id=owned.team_id,
        scheduling_type=owned.scheduling_type,
        hosts=owned.hosts,
        uses_weights=owned.uses_weights,
        asks_free_mail=owned.asks_free_mail,
        slug=spec["slug"],
        title=spec["title"],
        length_minutes=int(spec["lengthInMinutes"]),
        length_options=tuple(int(n) for n in spec.get("lengthInMinutesOptions") or ()),
        minimum_notice_minutes=_number(spec, "minimumBookingNotice", MINIMUM_NOTICE_MINUTES),
        slot_interval_minutes=_number(spec, "slotInterval", 0) or None,
        before_buffer_minutes=_number(spec, "beforeEventBuffer", 0),
        after_buffer_minutes=_number(spec, "afterEventBuffer", 0),
        offset_start_minutes=_number(spec, "offsetStart", 0),
        schedule_id=spec.get("scheduleId"),
        confirmation=_confirmation(spec.get("confirmationPolicy")),
        recurrence=_recurrence(spec.get("recurrence")),
        seats=_seats(spec.get("seats")),
        locations=tuple(spec.get("locations") or ()),
        booking_fields=tuple(_booking_field(f) for f in spec.get("bookingFields") or ()),
        window=_window(spec.get("bookingWindow")),
        requires_authentication=bool(spec.get("bookingRequiresAuthentication")),
        price=_number(spec, "price", 0),
        only_first_slot=bool(spec.get("onlyShowFirstAvailableSlot")),
        count_limits=_limits(spec.get("bookingLimitsCount")),
        duration_limits=_limits(spec.get("bookingLimitsDuration")),
        active_limit=_active_limit(spec.get("bookerActiveBookingsLimit")),
        mails_disabled=bool(spec.get("disableStandardEmails")),
        cancelling_disabled=bool(spec.get("disableCancelling")),
        verifies_email=bool(spec.get("requiresBookerEmailVerification")),
        spec=dict(spec),
    )


def _number(spec: Mapping[str, Any], name: str, default: int) -> int:
    value = spec.get(name)
    return default if value is None else int(value)


def _confirmation(policy: Mapping[str, Any] | None) -> Confirmation | None:
    if policy is None or policy.get("disabled"):
        return None
    threshold = policy.get("noticeThreshold")
    blocks_slot = bool(policy.get("blockUnconfirmedBookingsInBooker"))
    if not threshold:
        return Confirmation(blocks_slot=blocks_slot)
    return Confirmation(int(threshold["count"]), UNITS_MS[threshold["unit"]], blocks_slot)


def _recurrence(value: Mapping[str, Any] | None) -> Recurrence | None:
    if value is None or value.get("disabled"):
        return None
    return Recurrence(value["frequency"], int(value["interval"]), int(value["occurrences"]))


def _seats(value: Mapping[str, Any] | None) -> Seats | None:
    if value is None or value.get("disabled"):
        return None
    return Seats(
        int(value["seatsPerTimeSlot"]),
        bool(value.get("showAttendeeInfo")),
        bool(value.get("showAvailabilityCount", True)),
    )


def _booking_field(value: Mapping[str, Any]) -> BookingField:
    return BookingField(
        slug=value.get("slug") or value["type"],
        type=value["type"],
        required=bool(value.get("required")),
        options=tuple(value.get("options") or ()),
        hidden=bool(value.get("hidden")),
    )


def _window(value: Mapping[str, Any] | None) -> BookingWindow | None:
    if value is None or value.get("disabled"):
        return None
    if value["type"] == "range":
        first, last = value["value"]
        return BookingWindow("range", dates=(first, last))
    return BookingWindow(value["type"], days=int(value["value"]), rolling=bool(value.get("rolling")))


def _active_limit(value: Mapping[str, Any] | None) -> int | None:
    if value is None or value.get("disabled") or value.get("maximumActiveBookings") is None:
        return None
    return int(value["maximumActiveBookings"])


def _limits(value: Mapping[str, Any] | None) -> dict[str, int]:
    return {unit: int(n) for unit, n in (value or {}).items() if unit != "disabled" and n is not None}
