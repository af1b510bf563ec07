"""Where a booking takes place: what the booker may ask for, and what the answer shows.

Source: the platform's booking input service (locations) and Cal.com's location handling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.errors import bad_request
from fake_calcom.state.event_types import DEFAULT_LOCATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.entities import EventType

VIDEO = "integrations:daily"
UNDEFINED = "undefined"  # what JavaScript prints of a member that is not there
INTEGRATIONS = {"cal-video": VIDEO, "google-meet": "integrations:google:meet", "zoom": "integrations:zoom"}
STORED_AS = {
    "address": "inPerson",
    "attendeeAddress": "attendeeInPerson",
    "attendeeDefined": "somewhereElse",
    "organizersDefaultApp": "conferencing",
    "link": "link",
    "phone": "userPhone",
    "attendeePhone": "phone",
}
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().-]{5,20}", re.ASCII)


class Location(NamedTuple):
    """A place: `text` is what the answer shows, `value` and `option` what the responses keep of it."""

    text: str
    value: str
    option: str


def resolve_location(event_type: EventType, wanted: Any, phone: str | None) -> Location:
    """Return where a booking takes place; 400 when the event type does not offer what is asked.

    A text is taken as it is and never checked; an object must name a type that the event type offers; with
    neither, the event type's first location is taken, or Cal Video.
    """
    if isinstance(wanted, str) and wanted:
        return _of_text(wanted)
    offers = event_type.locations or (DEFAULT_LOCATION,)
    if not isinstance(wanted, dict):
        return _of_offer(offers[0], {}, phone)
    return _of_offer(_matching_offer(event_type.id, offers, wanted), wanted, phone)


def _of_text(text: str) -> Location:
    if _URL.fullmatch(text):
        return Location(text, "link", text)
    if _PHONE.fullmatch(text):
        return Location(text, "phone", text)
    return Location(text, "somewhereElse", text)


def _matching_offer(
    event_type_id: int, offers: tuple[Mapping[str, Any], ...], wanted: Mapping[str, Any]
) -> Mapping[str, Any]:
    kind = wanted.get("type", UNDEFINED)
    of_kind = [offer for offer in offers if offer.get("type") == kind]
    if not of_kind:
        kinds = ", ".join(str(offer.get("type")) for offer in offers)
        raise bad_request(
            f"Booking location with type {kind} not valid for event type with id={event_type_id}. The event type has "
            f"following location types: {kinds}, and only these types are allowed for booking location."
        )
    if kind != "integration":
        return of_kind[0]
    integration = wanted.get("integration", UNDEFINED)
    for offer in of_kind:
        if offer.get("integration") == integration:
            return offer
    names = ", ".join(str(offer.get("integration")) for offer in of_kind)
    raise bad_request(
        f"Booking location with integration {integration} not valid for event type with id={event_type_id}. The "
        f"event type has following integrations: {names}, and only these integrations are allowed for booking location."
    )


def _of_offer(offer: Mapping[str, Any], wanted: Mapping[str, Any], phone: str | None) -> Location:
    kind = str(offer.get("type"))
    if kind == "integration":
        name = str(offer.get("integration"))
        value = INTEGRATIONS.get(name, f"integrations:{name}")
        return Location(value, value, "")
    given = {
        "address": offer.get("address"),
        "link": offer.get("link"),
        "phone": offer.get("phone"),
        "attendeeAddress": wanted.get("address"),
        "attendeePhone": wanted.get("phone") or phone,
        "attendeeDefined": wanted.get("location"),
    }
    stored = STORED_AS.get(kind, kind)
    text = str(given.get(kind) or stored)
    return Location(text, stored, text)
