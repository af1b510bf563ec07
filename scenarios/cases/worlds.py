"""Cal.com's worlds that stories play in, beside the incidents' own: one host, 08:00 to 16:00, 10:15 taken."""

from __future__ import annotations

from typing import Any

from scenarios.incidents.facts import world

HOST_KEY = "cal_of_the_host"  # with it a story acts as the host, as in Cal.com's own pages


def plain_world(seed: int) -> dict[str, Any]:
    """The incidents' world, where one host has the event type to himself."""
    made = world(seed)
    of_a_team = {"team", "schedulingType", "hosts"}
    plain = {name: value for name, value in made["event_types"][0].items() if name not in of_a_team}
    return made | {"event_types": [plain | {"owner": "HOST"}], "roles": {}}


def confirming_world(seed: int) -> dict[str, Any]:
    """The incidents' world, where the host confirms every booking himself."""
    made = world(seed)
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    host = made["users"][0] | {"apiKey": HOST_KEY}
    return made | {"users": [host], "event_types": [made["event_types"][0] | {"confirmationPolicy": policy}]}


def two_hosts_world(seed: int) -> dict[str, Any]:
    """The incidents' world with a second host, who works the same hours and gets whom the first cannot take."""
    made = world(seed)
    first = made["users"][0] | {"apiKey": HOST_KEY}
    second = {
        "key": "SECOND",
        "name": "Zweite Beraterin",
        "email": "zweite@example.com",
        "username": "zweite-beraterin",
        "timeZone": "Europe/Berlin",
    }
    hosts = [{"user": "HOST", "isFixed": False}, {"user": "SECOND", "isFixed": False}]
    return made | {
        "users": [first, second],
        "schedules": [made["schedules"][0], made["schedules"][0] | {"owner": "SECOND"}],
        "event_types": [made["event_types"][0] | {"hosts": hosts}],
        "roles": made["roles"] | {"SECOND": "MEMBER of TEAM"},
    }
