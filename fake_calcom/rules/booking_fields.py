"""The booker's answers to an event type's own questions (source: the platform's booking input service)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.state.entities import BookingField, EventType

EXPECTED = {
    "phone": "string",
    "address": "string",
    "text": "string",
    "textarea": "string",
    "url": "string",
    "number": "number",
    "boolean": "boolean",
    "multiemail": "array",
    "multiselect": "array",
    "checkbox": "array",
    "select": "string or number",
    "radio": "string or number",
}
SYSTEM_FIELDS = frozenset(("name", "email", "guests", "notes", "title", "location", "rescheduleReason"))
PHONE_FIELDS = frozenset(("smsReminderNumber", "attendeePhoneNumber", "aiAgentCallPhoneNumber"))
ONE_CHOICE, MANY_CHOICES = frozenset(("select", "radio")), frozenset(("multiselect", "checkbox"))


def hides_email(event_type: EventType) -> bool:
    """Tell whether an event type hides its e-mail question and shows a phone question in its place.

    Cal.com then books by phone: even an e-mail that is passed gives way to the phone's placeholder.
    """
    shown = {field.slug for field in event_type.booking_fields if not field.hidden}
    hidden = {field.slug for field in event_type.booking_fields if field.hidden}
    return "email" in hidden and "attendeePhoneNumber" in shown


def refuse_wrong_responses(event_type: EventType, responses: Mapping[str, Any], phone: str | None) -> None:
    """Raise the 400 of the first question that is not answered, or answered with the wrong kind of value."""
    for question in event_type.booking_fields:
        if question.slug in PHONE_FIELDS:
            _refuse_missing_phone(question, responses, phone)
            continue
        value = responses.get(question.slug)
        if value is None:
            _refuse_missing(event_type, question)
            continue
        _refuse_wrong_type(question, value)
        _refuse_unknown_option(question, value)


def _refuse_missing_phone(question: BookingField, responses: Mapping[str, Any], phone: str | None) -> None:
    if question.required and phone is None and responses.get(question.slug) is None:
        raise bad_request(
            "Missing attendee phone number - it is required by the event type. Pass it as "
            '"attendee.phoneNumber" string in the request.'
        )


def _refuse_missing(event_type: EventType, question: BookingField) -> None:
    if question.required and not question.hidden and question.slug not in SYSTEM_FIELDS:
        raise bad_request(
            f"Missing required booking field response: {question.slug} - it is required by the event type booking "
            "fields, but missing in the bookingFieldsResponses. You can fetch the event type with ID "
            f"{event_type.id} to see the required fields."
        )


def _refuse_wrong_type(question: BookingField, value: Any) -> None:
    expected = EXPECTED.get(question.type)
    if expected is None:
        return
    received = javascript_type(value)
    if received not in expected.split(" or "):
        raise bad_request(
            f"Invalid type for booking field '{question.slug}'. Expected type {expected} (compatible with field type "
            f"'{question.type}'), but received {received}."
        )


def _refuse_unknown_option(question: BookingField, value: Any) -> None:
    allowed = ", ".join(question.options)
    if question.type in ONE_CHOICE and question.options and str(value) not in question.options:
        raise bad_request(
            f"Invalid option '{value}' for booking field '{question.slug}'. Allowed options are: {allowed}."
        )
    if question.type in MANY_CHOICES and question.options and any(v not in question.options for v in value):
        raise bad_request(
            f"One or more invalid options for booking field '{question.slug}'. Allowed options are: {allowed}."
        )


def javascript_type(value: Any) -> str:
    """Return what JavaScript's `typeof` says of a JSON value, with `array` told apart."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
