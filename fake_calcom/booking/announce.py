"""Who hears of a booking's change: the trigger fired, the webhooks, and the e-mails.

Source: Cal.com, the webhook triggers and the e-mail manager. One change, one trigger; the lookup's repeats
announce nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fake_calcom.booking.payload import booking_payload
from fake_calcom.booking.request import NOTHING
from fake_calcom.state.bookings import PENDING
from fake_calcom.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fake_calcom.outbox import Delivery
    from fake_calcom.state.bookings import Row
    from fake_calcom.state.entities import EventType, Webhook
    from fake_calcom.universe import Universe

CREATED, REQUESTED = "BOOKING_CREATED", "BOOKING_REQUESTED"
PAYMENT_INITIATED, RESCHEDULED = "BOOKING_PAYMENT_INITIATED", "BOOKING_RESCHEDULED"
CANCELLED, REJECTED, NO_SHOW = "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED"
TRIGGERS = (
    CREATED,
    PAYMENT_INITIATED,
    "BOOKING_PAID",
    RESCHEDULED,
    REQUESTED,
    CANCELLED,
    REJECTED,
    NO_SHOW,
    "FORM_SUBMITTED",
    "MEETING_ENDED",
    "MEETING_STARTED",
    "RECORDING_READY",
    "INSTANT_MEETING",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "OOO_CREATED",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "FORM_SUBMITTED_NO_EVENT",
)


class News(NamedTuple):
    """What is told: the kind of mail to attendees and to the organizer ("" for none), and more payload.

    With `only_more` the payload is `more` alone, as for a no-show.
    """

    trigger: str
    attendee_mail: str = ""
    organizer_mail: str = ""
    more: Mapping[str, Any] = NOTHING
    only_more: bool = False


OF_PAYMENT = News(PAYMENT_INITIATED)
OF_REQUEST = News(REQUESTED, "attendee_request", "organizer_request")
OF_MOVE = News(RESCHEDULED, "attendee_rescheduled", "organizer_rescheduled")
OF_BOOKING = News(CREATED, "attendee_scheduled", "organizer_scheduled")


def news_of_new(event_type: EventType, status: str, *, rescheduled: bool) -> News:
    """Return what a new row announces."""
    if status == PENDING:
        if event_type.price > 0 and not event_type.confirmation:
            return OF_PAYMENT
        return OF_REQUEST
    return OF_MOVE if rescheduled else OF_BOOKING


def announce(
    universe: Universe, row: Row, news: News, *, mails: bool = True, content: Mapping[str, Any] | None = None
) -> None:
    """Record mails and trigger, and send the webhooks in the background.

    `content` is the row's answer, for a caller who has it decoded at hand.
    """
    if mails:
        send_mails(universe, row, news, content)
    universe.outbox.send_later(fire(universe, row, news))


def fire(universe: Universe, row: Row, news: News) -> list[Delivery]:
    """Record a trigger and return its deliveries, unsent."""
    event_type = universe.directory.event_types.get(row.event_type_id)
    subscribers: list[Webhook] = []
    if universe.directory.webhooks:
        subscribers = list(_subscribers(universe, row, event_type, news.trigger))
    payload: dict[str, Any] = {}
    if subscribers:
        payload = dict(news.more) if news.only_more else booking_payload(universe.directory, row, event_type, news.more)
    return universe.outbox.fire(news.trigger, payload, iso(universe.now_ms()), subscribers)


def send_mails(universe: Universe, row: Row, news: News, content: Mapping[str, Any] | None = None) -> None:
    """Record the mails of some news, unless the event type sends none."""
    event_type = universe.directory.event_types.get(row.event_type_id)
    if event_type is not None and event_type.mails_disabled:
        return
    content, at, outbox = content or row.content(), iso(universe.now_ms()), universe.outbox
    if news.attendee_mail:
        outbox.mail(news.attendee_mail, row.uid, at, content["attendees"])
    if news.organizer_mail:
        outbox.mail(news.organizer_mail, row.uid, at, content["hosts"])


def _subscribers(universe: Universe, row: Row, event_type: EventType | None, trigger: str) -> Iterator[Webhook]:
    """Yield the active webhooks of the event type and of the booking's user; hosts' own are silent on team events."""
    webhooks = universe.directory.webhooks.values()
    yield from (w for w in webhooks if w.event_type_id == row.event_type_id and w.active and trigger in w.triggers)
    if event_type is None or not event_type.is_team:
        yield from subscribed(webhooks, row.host_id, trigger)


def subscribed(webhooks: Iterable[Webhook], user_id: int, trigger: str) -> Iterator[Webhook]:
    """Yield a user's active webhooks for a trigger."""
    return (w for w in webhooks if w.user_id == user_id and w.active and trigger in w.triggers)
