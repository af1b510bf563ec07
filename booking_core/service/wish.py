"""A wish: what a caller wants, with the rows of the caller's call, customer and service found or made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from booking_core.domain.business import Business
from booking_core.domain.commands import BookAppointment, Caller, Entry
from booking_core.domain.model import Appointment, BookingRequest, Call, Customer, Service
from booking_core.ports.storage import UnitOfWork
from booking_core.profiles import AttendeeIdentity
from booking_core.resolution import Asker
from booking_core.service.attendee import attendee_for, per_call_email, real_email


@dataclass(frozen=True, slots=True)
class Wish:
    """One wanted appointment and whose it is."""

    call: Call
    caller: Caller
    customer: Customer
    service: Service
    start: datetime
    entry: Entry
    held: Appointment | None = None  # the live appointment that this call has made already
    asked_at: datetime | None = None  # when Retell signed the request, by its own clock


@dataclass(frozen=True, slots=True)
class Trial:
    """A wish on its way to Cal.com: the request that is sent and, when attempts are kept, the attempt's id.

    `as_of`: when the attempt was last written by who sends this; written since, it is in another hand.
    `earlier_addresses`: the attendees that settled attempts of this call for this start have named.
    """

    wish: Wish
    request: BookingRequest
    asker: Asker
    attempt_id: int | None = None
    as_of: datetime | None = None
    earlier_addresses: tuple[str, ...] = ()


async def take_in(uow: UnitOfWork, command: BookAppointment, now: datetime, business: Business) -> Wish | None:
    """Find or make the call, the customer and the service, and note them on the call; None: no such service.

    A body of one transaction: nothing is written when the service is not known.
    """
    service = await uow.services.by_name(command.service)
    if service is None:
        return None
    caller = command.caller
    call = await find_or_add_call(uow, caller.retell_call_id, caller.phone, now)
    customer = await find_customer(uow, call, caller, business.fallback_email)
    if customer is None:
        email = real_email(caller.email, business.fallback_email)
        customer = await uow.customers.add(caller.name, caller.phone, email)
    if not is_overtaken(command.asked_at, call):
        await uow.calls.note(call.id, customer_id=customer.id, booking_details=booking_details(command))
    held = await uow.appointments.live_of_call(call.id)
    call = replace(call, customer_id=customer.id)
    return Wish(call, caller, customer, service, command.start, command.entry, held, command.asked_at)


def is_overtaken(asked_at: datetime | None, call: Call) -> bool:
    """Whether the call has asked again since: a copy that the network held back says nothing any more."""
    return asked_at is not None and call.asked_at is not None and asked_at < call.asked_at


async def note_request(uow: UnitOfWork, call: Call, asked_at: datetime | None) -> bool:
    """Whether the request is newer than every other that its call (locked) was served; then it is the newest now."""
    if asked_at is None:
        return True
    is_newer = call.asked_at is None or asked_at > call.asked_at
    if is_newer:
        await uow.calls.note_request(call.id, asked_at)
    return is_newer


async def find_or_add_call(uow: UnitOfWork, retell_call_id: str, phone: str | None, now: datetime) -> Call:
    """The call's row; the webhook that announces a call may come after the call's first wish."""
    return await uow.calls.by_retell_id(retell_call_id) or await uow.calls.add(retell_call_id, phone, now)


async def find_customer(uow: UnitOfWork, call: Call, caller: Caller, fallback_email: str) -> Customer | None:
    """By the call (one call has one caller), by phone, else by name and a real e-mail."""
    found = await uow.customers.get(call.customer_id) if call.customer_id is not None else None
    email = real_email(caller.email, fallback_email)
    if found is None and caller.phone:
        found = await uow.customers.by_phone(caller.phone)
    if found is None and email:
        found = await uow.customers.by_name_and_email(caller.name, email)
    return found


def booking_details(command: BookAppointment) -> dict[str, str | None]:
    """What `calls.booking_details` keeps of a wish; `create_from_call` and the repair of orphans read it."""
    return {
        "starts_at": command.start.isoformat(),
        "service": command.service,
        "name": command.caller.name,
        "phone": command.caller.phone,
        "email": command.caller.email,
    }


def request_for(wish: Wish, identity: AttendeeIdentity, business: Business, attempt_key: str | None) -> BookingRequest:
    """What to ask of Cal.com. Its metadata names the call and, when attempts are kept, the attempt."""
    metadata = {"call_id": wish.call.retell_call_id}
    return BookingRequest(
        event_type_id=wish.service.calcom_event_type_id,
        start=wish.start,
        attendee=attendee_for(wish.caller, wish.customer, identity, business.fallback_email),
        metadata=metadata | ({"attempt_key": attempt_key} if attempt_key else {}),
        time_zone=business.time_zone.key,
    )


def asker_of(wish: Wish, fallback_email: str, attempt_keys: frozenset[str]) -> Asker:
    """The wish's caller as resolution sees them."""
    return Asker(
        call_id=wish.call.id,
        retell_call_id=wish.call.retell_call_id,
        customer_id=wish.customer.id,
        name=wish.caller.name,
        phone=wish.caller.phone or wish.customer.phone,
        email=real_email(wish.caller.email or wish.customer.email, fallback_email),
        attempt_keys=attempt_keys,
        own_address=per_call_email(wish.call.retell_call_id, fallback_email),
    )
