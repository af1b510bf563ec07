"""What the agent says: sentences for every outcome, German by default, English on request.

No sentence speaks of anybody but the caller. "gebucht" is said only where an appointment is booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from booking_core.domain.commands import Language
from booking_core.domain.model import Appointment, AppointmentStatus
from booking_core.domain.outcomes import (
    Booked,
    CallerAnswer,
    Duplicate,
    Existing,
    Failed,
    Outcome,
    Pending,
    Recovered,
    Status,
    Unavailable,
    Unsure,
)

_SENTENCES: dict[str, tuple[str, str]] = {
    "booked": (
        "Ihr Termin am {when} ist gebucht.",
        "Your appointment on {when} is booked.",
    ),
    "requested": (
        "Ihr Terminwunsch für den {when} ist vorgemerkt. Der Termin gilt, sobald er bestätigt ist.",
        "Your request for {when} is noted. The appointment stands once it is confirmed.",
    ),
    "existing": (
        "Sie haben bereits einen Termin am {when}.",
        "You already have an appointment on {when}.",
    ),
    "reminder": (
        "Möchten Sie diesen Termin bestätigen oder ändern?",
        "Would you like to confirm this appointment or change it?",
    ),
    "unavailable": (
        "Der Termin am {when} ist leider nicht verfügbar.{offer}",
        "Unfortunately {when} is not available.{offer}",
    ),
    "pending": (
        "Ob der Termin am {when} zustande kommt, kann ich gerade nicht sicher sagen. Wir prüfen das und melden uns.",
        "I cannot tell for certain yet whether the appointment on {when} works. We will check and let you know.",
    ),
    "failed": (
        "Der Termin am {when} konnte leider nicht vereinbart werden.",
        "Unfortunately the appointment on {when} could not be made.",
    ),
    "unsure": (
        "Ob Ihr Termin am {when} noch besteht, kann ich gerade nicht sagen. Bitte versuchen Sie es später.",
        "I cannot tell right now whether your appointment on {when} still stands. Please try again later.",
    ),
    "offer": (" Frei wäre: {times}.", " Free instead: {times}."),
    "available": ("Frei sind am {day}: {times}.", "Free on {day}: {times}."),
    "nothing_free": ("Am {day} ist leider nichts frei.", "Unfortunately nothing is free on {day}."),
    "cannot_look": (
        "Ich kann die freien Zeiten gerade nicht abrufen.",
        "I cannot look up the free times right now.",
    ),
    "old_copy": (
        "Diese Anfrage wurde schon beantwortet.",
        "This request has been answered already.",
    ),
    "no_wish": (
        "In diesem Anruf wurde kein Termin gewünscht.",
        "No appointment was asked for in this call.",
    ),
    "no_service": ("Diese Dienstleistung kenne ich nicht.", "I do not know this service."),
    "no_appointment": ("Ich finde keinen Termin von Ihnen.", "I cannot find an appointment of yours."),
    "cancelled": ("Ihr Termin am {when} ist abgesagt.", "Your appointment on {when} is cancelled."),
    "not_cancelled": (
        "Ich kann gerade nicht bestätigen, dass Ihr Termin am {when} abgesagt ist. Bitte versuchen Sie es später.",
        "I cannot confirm right now that your appointment on {when} is cancelled. Please try again later.",
    ),
    "moved": ("Ihr Termin ist verschoben auf den {when}.", "Your appointment is moved to {when}."),
    "move_pending": (
        "Ob Ihr Termin auf den {when} verschoben werden kann, ist noch nicht sicher. Wir prüfen das und melden uns.",
        "It is not certain yet whether your appointment can be moved to {when}. We will check and let you know.",
    ),
    "not_moved": (
        "Ihr Termin kann gerade nicht verschoben werden.",
        "Your appointment cannot be moved right now.",
    ),
    "notify_booking_confirmed": ("Ihr Termin{when} ist gebucht.", "Your appointment{when} is booked."),
    "notify_booking_failed": (
        "Ihr Terminwunsch konnte leider nicht erfüllt werden. Bitte rufen Sie uns noch einmal an.",
        "Unfortunately the appointment you asked for could not be made. Please call us again.",
    ),
    "notify_booking_cancelled": (
        "Ihr Termin{when} wurde abgesagt. Bitte rufen Sie uns an, wenn Sie einen neuen wünschen.",
        "Your appointment{when} was cancelled. Please call us if you would like another one.",
    ),
    "notify_duplicate_settled": (
        "Ihr Termin{when} war leider schon vergeben und kann nicht stattfinden. Bitte rufen Sie uns an.",
        "Your appointment{when} had been taken already and cannot take place. Please call us.",
    ),
    "notify_changed": (
        "Zu Ihrem Termin{when} hat sich etwas geändert. Bitte rufen Sie uns an.",
        "Something about your appointment{when} has changed. Please call us.",
    ),
}

_CONFIRMATIONS = {
    Status.BOOKED: "confirmed",
    Status.RECOVERED: "confirmed",
    Status.CANCELLED: "confirmed",
    Status.RESCHEDULED: "confirmed",
    Status.AVAILABLE: "confirmed",
    Status.EXISTING: "existing",
    Status.PENDING: "pending",
    Status.UNAVAILABLE: "unavailable",
    Status.DUPLICATE: "unavailable",
}


def say(key: str, language: Language, **parts: str) -> str:
    """One sentence with its parts filled in."""
    german, english = _SENTENCES[key]
    return (german if language is Language.GERMAN else english).format(**parts)


def spoken(instant: datetime, zone: tzinfo, language: Language) -> str:
    """An instant in the business's local time, e.g. `10.10.2025 um 11:00 Uhr` or `2025-10-10 at 11:00`."""
    local = instant.astimezone(zone)
    return f"{local:%d.%m.%Y um %H:%M} Uhr" if language is Language.GERMAN else f"{local:%Y-%m-%d at %H:%M}"


def answer_outcome(outcome: Outcome, wanted: datetime, zone: tzinfo, language: Language) -> CallerAnswer:
    """The answer to somebody who wanted an appointment at `wanted`."""
    match outcome:
        case Booked(appointment) | Recovered(appointment) | Existing(appointment) if _is_requested(appointment):
            message = say("requested", language, when=spoken(appointment.starts_at, zone, language))
            return answer(status_of(outcome), message, appointment_id=appointment.id)
        case Booked(appointment) | Recovered(appointment):
            message = say("booked", language, when=spoken(appointment.starts_at, zone, language))
            return answer(status_of(outcome), message, appointment_id=appointment.id)
        case Existing(appointment):
            message = say("existing", language, when=spoken(appointment.starts_at, zone, language))
            reminder = say("reminder", language)
            return answer(Status.EXISTING, message, appointment_id=appointment.id, reminder=reminder)
        case Duplicate(alternatives) | Unavailable(alternatives):
            offered = offer(alternatives, zone, language)
            message = say("unavailable", language, when=spoken(wanted, zone, language), offer=offered)
            return answer(status_of(outcome), message, alternatives=alternatives)
        case Pending():
            return answer(Status.PENDING, say("pending", language, when=spoken(wanted, zone, language)))
        case Failed() | Unsure():
            key, at = ("failed", wanted) if isinstance(outcome, Failed) else ("unsure", outcome.appointment.starts_at)
            return answer(status_of(outcome), say(key, language, when=spoken(at, zone, language)))


def status_of(outcome: Outcome) -> Status:  # noqa: PLR0911 - one return for each outcome
    """The outcome's word in answers, logs and metrics."""
    match outcome:
        case Booked(appointment) | Recovered(appointment) | Existing(appointment) if _is_requested(appointment):
            return Status.PENDING
        case Booked():
            return Status.BOOKED
        case Recovered():
            return Status.RECOVERED
        case Existing():
            return Status.EXISTING
        case Duplicate():
            return Status.DUPLICATE
        case Unavailable():
            return Status.UNAVAILABLE
        case Pending():
            return Status.PENDING
        case Unsure():
            return Status.UNSURE
        case Failed():
            return Status.ERROR


def _is_requested(appointment: Appointment) -> bool:
    """Cal.com's host has yet to confirm it: nobody may be told that it is booked."""
    return appointment.status is AppointmentStatus.REQUESTED


def answer(
    status: Status,
    message: str,
    *,
    appointment_id: int | None = None,
    alternatives: tuple[datetime, ...] = (),
    reminder: str | None = None,
) -> CallerAnswer:
    """An answer whose success and confirmation follow from its status."""
    confirmation = _CONFIRMATIONS.get(status, "error")
    return CallerAnswer(
        success=confirmation in {"confirmed", "existing"},
        status=status,
        message=message,
        confirmation=confirmation,
        appointment_id=appointment_id,
        alternatives=alternatives,
        reminder=reminder,
    )


def offer(alternatives: Sequence[datetime], zone: tzinfo, language: Language) -> str:
    """A sentence that names free starts, with a space before it; empty when there are none."""
    if not alternatives:
        return ""
    return say("offer", language, times=", ".join(spoken(start, zone, language) for start in alternatives))
