"""The whole state as JSON, and back: a fake that is restored goes on exactly as the one that was taken.

Everything that a later answer can depend on is in it: entities, bookings in commit order, identifiers, clock,
generation, the outbox, the counts of the rate limit, and the slot answers still remembered.
"""

from __future__ import annotations

import json
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import WorldError
from fake_calcom.generations import read_generation
from fake_calcom.outbox import Delivery, Email
from fake_calcom.state.bookings import BookingStore, Row
from fake_calcom.state.directory import Directory
from fake_calcom.state.entities import (
    Host,
    Hours,
    Override,
    Reservation,
    Schedule,
    SchedulingType,
    Team,
    User,
    Webhook,
)
from fake_calcom.state.event_types import Ownership, read_event_type
from fake_calcom.wire import encode

if TYPE_CHECKING:
    from fake_calcom.state.entities import EventType
    from fake_calcom.universe import Universe

FORMAT = 2


def take_snapshot(universe: Universe) -> dict[str, Any]:
    """Return the state as JSON values; the clock is added by whoever owns it."""
    directory, outbox = universe.directory, universe.outbox
    state = {
        "format": FORMAT,
        "generation": universe.generation.name,
        "world": universe.world,
        "ids": universe.position_of_ids(),
        "next_id": directory.next_id,
        "blocked_emails": sorted(directory.blocked_emails),
        "free_mail_domains": sorted(directory.free_mail_domains),
        "users": [asdict(user) for user in directory.users.values()],
        "teams": [
            asdict(t) | {"members": [[user_id, role] for user_id, role in t.members.items()]}
            for t in directory.teams.values()
        ],
        "schedules": [asdict(schedule) for schedule in directory.schedules.values()],
        "event_types": [_event_type_json(event_type) for event_type in directory.event_types.values()],
        "reservations": [asdict(reservation) for reservation in directory.reservations.values()],
        "webhooks": [asdict(webhook) for webhook in directory.webhooks.values()],
        "bookings": [row._asdict() | {"answer": row.content(), "hidden": row.secrets()} for row in universe.bookings],
        "emails": [asdict(email) for email in outbox.emails],
        "fired": list(outbox.fired),
        "deliveries": [asdict(delivery) for delivery in outbox.deliveries],
        "counters": universe.rate_limit.counts(),
        "remembered_slots": {key: [a, b, body.decode()] for key, (a, b, body) in universe.slot_answers.items()},
    }
    values: dict[str, Any] = json.loads(encode(state))  # tuples become lists, and nothing is shared with the fake
    return values


def restore_snapshot(universe: Universe, snapshot: Any) -> None:
    """Become the state that `take_snapshot` gave; WorldError when it is not one, nothing changed."""
    if not isinstance(snapshot, dict) or snapshot.get("format") != FORMAT:
        raise WorldError(f"expected a snapshot of format {FORMAT}", "format")
    try:
        directory = _read_directory(snapshot)
        bookings = BookingStore(directory.user_of_email)
        for value in snapshot["bookings"]:
            bookings.insert(_read_row(value))
        emails = [Email(**value) for value in snapshot["emails"]]
        deliveries = [Delivery(**value) for value in snapshot["deliveries"]]
        slots = {key: (a, b, body.encode()) for key, (a, b, body) in snapshot["remembered_slots"].items()}
        generation = read_generation(snapshot["generation"])
        fired, counters, world = list(snapshot["fired"]), snapshot["counters"], dict(snapshot["world"])
        universe.rewind_ids(snapshot["ids"])
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise WorldError(f"not a snapshot of this fake ({type(error).__name__}: {error})", "snapshot") from None
    universe.replace_state(directory, bookings)
    universe.generation, universe.world, universe.slot_answers = generation, world, slots
    universe.rate_limit.resume(counters)
    universe.outbox.mailed.extend(map(astuple, emails))
    universe.outbox.fired.extend(fired)
    universe.outbox.deliveries.extend(deliveries)


def _event_type_json(event_type: EventType) -> dict[str, Any]:
    kind = event_type.scheduling_type
    return {
        "id": event_type.id,
        "key": event_type.key,
        "owner_id": event_type.owner_id,
        "team_id": event_type.team_id,
        "scheduling_type": kind.value if kind else None,
        "hosts": [asdict(host) for host in event_type.hosts],
        "uses_weights": event_type.uses_weights,
        "asks_free_mail": event_type.asks_free_mail,
        "spec": dict(event_type.spec),
    }


def _read_directory(snapshot: dict[str, Any]) -> Directory:
    directory = Directory(
        blocked_emails=frozenset(snapshot["blocked_emails"]),
        free_mail_domains=frozenset(snapshot["free_mail_domains"]),
        next_id=snapshot["next_id"],
    )
    for value in snapshot["users"]:
        directory.add_user(User(**value))
    for value in snapshot["teams"]:
        directory.teams[value["id"]] = Team(**value | {"members": dict(value["members"])})
    for value in snapshot["schedules"]:
        directory.schedules[value["id"]] = _read_schedule(value)
    for value in snapshot["event_types"]:
        kind, hosts = value["scheduling_type"], tuple(Host(**host) for host in value["hosts"])
        owned = Ownership(
            id=value["id"],
            key=value["key"],
            owner_id=value["owner_id"],
            team_id=value["team_id"],
            scheduling_type=SchedulingType(kind) if kind else None,
            hosts=hosts,
            uses_weights=value["uses_weights"],
            asks_free_mail=value["asks_free_mail"],
        )
        directory.add_event_type(read_event_type(owned, value["spec"]))
    for value in snapshot["reservations"]:
        directory.reservations[value["uid"]] = Reservation(**value | {"user_ids": tuple(value["user_ids"])})
    for value in snapshot["webhooks"]:
        directory.webhooks[value["id"]] = Webhook(**value | {"triggers": tuple(value["triggers"])})
    return directory


def _read_schedule(value: dict[str, Any]) -> Schedule:
    hours = tuple(Hours(tuple(h["days"]), h["start_minute"], h["end_minute"]) for h in value["availability"])
    return Schedule(**value | {"availability": hours, "overrides": tuple(Override(**o) for o in value["overrides"])})


def _read_row(value: dict[str, Any]) -> Row:
    hidden = encode(value["hidden"]) if value["hidden"] else None
    return Row(**value | {"answer": encode(value["answer"]), "hidden": hidden})
