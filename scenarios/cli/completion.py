"""What a shell offers for the values of options and arguments. Imports only when a shell asks."""

from __future__ import annotations

from collections.abc import Iterable


def scenario_ids(begun: str) -> list[str]:
    """Ids of scenarios that begin so."""
    from scenarios.registry import scenarios

    return _beginning(begun, scenarios())


def replayable(begun: str) -> list[str]:
    """What `slotproof replay` takes: all, ids of scenarios, recorded failures kept in this folder."""
    from pathlib import Path

    recorded = sorted(str(path) for path in Path().glob("slotproof-*.json"))
    return _beginning(begun, ["all", *scenario_ids(""), *recorded])


def explorable(begun: str) -> list[str]:
    """What `slotproof explore` takes: ids of scenarios, races and mishaps."""
    from scenarios.races import check_then_insert
    from scenarios.storm.mishaps import mishaps

    return _beginning(begun, [*scenario_ids(""), check_then_insert.ID, *mishaps()])


def profile_names(begun: str) -> list[str]:
    """Names of profiles that begin so."""
    from booking_core.profiles import profiles

    return _beginning(begun, profiles())


def identities(begun: str) -> list[str]:
    """Attendee identities that begin so."""
    from booking_core.profiles import AttendeeIdentity

    return _beginning(begun, [str(one) for one in AttendeeIdentity])


def entries(begun: str) -> list[str]:
    """Entries that begin so."""
    from booking_core.domain.commands import Entry

    return _beginning(begun, [str(one) for one in Entry])


def _beginning(begun: str, known: Iterable[str]) -> list[str]:
    return [one for one in known if one.startswith(begun)]
