"""Retell's bodies, read into commands. Pure; `Now` carries the clock's readings and the business's zone.

A function call is `{name, call, args}`: `call` is Retell's call object, `args` what the agent understood, with German
names or their English aliases. A webhook is `{event, call}`; what the agent understood then stands in
`call.call_analysis.custom_analysis_data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking_core.domain.commands import (
    BookAppointment,
    Caller,
    CancelAppointment,
    Entry,
    Language,
    ListFreeStarts,
    RecordCall,
    RescheduleAppointment,
)
from booking_core.web.fields import Fields, phone_number
from booking_core.web.german_dates import parse_day
from booking_core.web.german_times import parse_time, start_instant
from booking_core.web.wording import WordingError

DAY, TIME = ("datum", "date"), ("uhrzeit", "time")
OLD_DAY, OLD_TIME = ("altes_datum", "old_date"), ("alte_uhrzeit", "old_time")
NEW_DAY, NEW_TIME = ("neues_datum", "new_date"), ("neue_uhrzeit", "new_time")
SERVICE, NAME = ("dienstleistung", "service"), ("name",)
EMAIL, PHONE = ("email",), ("telefon", "phone")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """The instant by the gateway's clock, where the business is, and when Retell signed the request."""

    instant: datetime
    zone: ZoneInfo
    asked_at: datetime

    @property
    def today(self) -> date:
        """The business's calendar day."""
        return self.instant.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A webhook of Retell's: which event, and what is to be recorded."""

    event: str
    record: RecordCall
    language: Language


def read_booking(body: Mapping[str, Any], now: Now) -> BookAppointment:
    """`collect-appointment`."""
    call, args = _function_call(body)
    return _wish(call, args, now, Entry.COLLECT)


def read_day_question(body: Mapping[str, Any], now: Now) -> ListFreeStarts:
    """`check-availability`: which times are free on a day."""
    call, args = _function_call(body)
    day = _day(args, DAY, now)
    return ListFreeStarts(_caller(call, args), day, args.text_or_none(*SERVICE), _language(args))


def read_cancellation(body: Mapping[str, Any], now: Now) -> CancelAppointment:
    """`cancel-appointment`: the appointment at a day and time, or the caller's next one."""
    call, args = _function_call(body)
    start = _start_or_none(args, DAY, TIME, now)
    return CancelAppointment(_caller(call, args), start, _language(args), now.asked_at)


def read_move(body: Mapping[str, Any], now: Now) -> RescheduleAppointment:
    """`reschedule-appointment`: to a new day and time, from an old one or the caller's next appointment."""
    call, args = _function_call(body)
    return RescheduleAppointment(
        caller=_caller(call, args),
        new_start=_start(args, NEW_DAY, NEW_TIME, now),
        old_start=_start_or_none(args, OLD_DAY, OLD_TIME, now),
        language=_language(args),
        asked_at=now.asked_at,
    )


def read_call_event(body: Mapping[str, Any], now: Now) -> CallEvent:
    """The webhook; the wish is None unless both a day and a time were understood."""
    fields = Fields(body, "")
    call = fields.inner("call")
    said = call.inner("call_analysis", required=False).inner("custom_analysis_data", required=False)
    holds_wish = said.text_or_none(*DAY) is not None and said.text_or_none(*TIME) is not None
    record = RecordCall(
        retell_call_id=_call_id(call, said),
        from_number=_from_number(call),
        wish=_wish(call, said, now, Entry.AFTER_CALL) if holds_wish else None,
    )
    return CallEvent(fields.text("event"), record, _language(said))


def _function_call(body: Mapping[str, Any]) -> tuple[Fields, Fields]:
    fields = Fields(body, "")
    return fields.inner("call"), fields.inner("args")


def _wish(call: Fields, args: Fields, now: Now, entry: Entry) -> BookAppointment:
    caller = _caller(call, args)
    if not caller.name:
        raise args.mistake("name", "this is missing", "the caller's name")
    return BookAppointment(
        caller=caller,
        start=_start(args, DAY, TIME, now),
        service=args.text_or_none(*SERVICE),
        entry=entry,
        language=_language(args),
        asked_at=now.asked_at,
    )


def _caller(call: Fields, args: Fields) -> Caller:
    """The number that the network shows comes before the one that was spoken: nobody can claim another's."""
    spoken = args.phone(*PHONE)
    return Caller(
        retell_call_id=_call_id(call, args),
        name=args.text_or_none(*NAME) or "",
        phone=_from_number(call) or spoken,
        email=args.email(*EMAIL),
    )


def _call_id(call: Fields, args: Fields) -> str:
    """`call.call_id`; some agents repeat it among the arguments, and then the two must agree."""
    own, repeated = call.call_id(required=False), args.call_id(required=False)
    if own and repeated and own != repeated:
        raise args.mistake("call_id", "this is another call than call.call_id", "the same id in both places")
    found = own or repeated
    if found is None:
        raise call.mistake("call_id", "this is missing", "Retell's id of the call")
    return found


def _from_number(call: Fields) -> str | None:
    shown = call.text_or_none("from_number")
    return phone_number(shown) if shown else None


def _language(args: Fields) -> Language:
    said = args.text_or_none("sprache", "language")
    return Language.ENGLISH if said and said.lower().startswith("en") else Language.GERMAN


def _start_or_none(args: Fields, day: Names, time: Names, now: Now) -> datetime | None:
    if args.text_or_none(*day) is None and args.text_or_none(*time) is None:
        return None
    return _start(args, day, time, now)


def _start(args: Fields, day: Names, time: Names, now: Now) -> datetime:
    on = _day(args, day, now)
    said = args.text(*time)
    try:
        return start_instant(on, parse_time(said), now.zone)
    except WordingError as error:
        raise args.mistake(time[0], error.problem, error.expected) from error


def _day(args: Fields, names: Names, now: Now) -> date:
    said = args.text(*names)
    try:
        return parse_day(said, now.today)
    except WordingError as error:
        raise args.mistake(names[0], error.problem, error.expected) from error
