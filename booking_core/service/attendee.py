"""Who a caller is to Cal.com: the profile's attendee identity, as pure functions.

Cal.com tells callers apart by attendee e-mail alone (and by phone, when one is sent). One address for everybody made
every caller the same attendee: the cause of both incidents.
"""

from __future__ import annotations

import hashlib
import re

from booking_core.domain.commands import Caller
from booking_core.domain.model import Attendee, Customer
from booking_core.profiles import AttendeeIdentity

_SAFE_TAG = re.compile(r"[A-Za-z0-9_-]{1,48}\Z")  # an address has at most 64 characters before the @
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}\Z")  # E.164


def attendee_for(caller: Caller, customer: Customer, identity: AttendeeIdentity, fallback_email: str) -> Attendee:
    """The attendee to send: the caller's own address when there is a real one, else what the identity says.

    With `shared`, no phone is sent: Cal.com compares one that is sent, and the deployed system sent none.
    """
    own = real_email(caller.email, fallback_email)
    phone = caller.phone or customer.phone
    sendable = phone if identity is not AttendeeIdentity.SHARED and phone and _PHONE.match(phone) else None
    return Attendee(caller.name, own or _stand_in(caller, customer, identity, fallback_email), sendable)


def _stand_in(caller: Caller, customer: Customer, identity: AttendeeIdentity, fallback_email: str) -> str:
    match identity:
        case AttendeeIdentity.SHARED:
            return fallback_email
        case AttendeeIdentity.PER_CALL:
            return per_call_email(caller.retell_call_id, fallback_email)
        case AttendeeIdentity.PER_CUSTOMER:
            return _plus(fallback_email, f"customer-{customer.id}")


def per_call_email(retell_call_id: str, fallback_email: str) -> str:
    """The address that only this call ever sends."""
    safe = _SAFE_TAG.match(retell_call_id)
    tag = retell_call_id if safe else hashlib.sha256(retell_call_id.encode()).hexdigest()[:32]
    return _plus(fallback_email, tag)


def real_email(email: str | None, fallback_email: str) -> str | None:
    """The address when it is somebody's own: neither the fallback nor one of its plus-addresses."""
    if not email:
        return None
    local, _, domain = email.casefold().partition("@")
    mailbox = f"{local.partition('+')[0]}@{domain}"
    return None if mailbox == fallback_email.casefold() else email


def _plus(email: str, tag: str) -> str:
    local, _, domain = email.partition("@")
    return f"{local}+{tag}@{domain}"
