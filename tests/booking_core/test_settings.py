"""Settings: what the environment says, and every wrong variable named at once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from booking_core import settings as settings_module
from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity
from booking_core.settings import Settings, SettingsError, settings_from

SECRETS = {"CALCOM_API_KEY": "cal_key", "CALCOM_WEBHOOK_SECRET": "hook", "RETELL_API_KEY": "retell"}


def test_the_default_is_hardened_with_an_identity_per_call() -> None:
    settings = settings_from(SECRETS)

    assert settings.profile.name == "hardened"
    assert settings.profile.identity is AttendeeIdentity.PER_CALL
    assert settings.profile.defences.threshold_s == 30
    assert settings.zone.key == "Europe/Berlin"


def test_every_switch_reaches_the_profile() -> None:
    settings = settings_from(
        SECRETS
        | {
            "BOOKING_PROFILE": "recommended",
            "ATTENDEE_IDENTITY": "per_customer",
            "DUPLICATE_PREVENTION_LAYER_2": "off",
            "DUPLICATE_PREVENTION_THRESHOLD_S": "12.5",
            "DUPLICATE_PREVENTION_SKEW_S": "7",
            "DUPLICATE_PREVENTION_STRICT": "TRUE",
            "DUPLICATE_PREVENTION_COMPARE_ATTENDEE": "1",
            "DATABASE_URL": "postgresql://u@h/d",
            "CALCOM_URL": "http://127.0.0.1:8080",
            "BUSINESS_TIME_ZONE": "Europe/Vienna",
            "FALLBACK_EMAIL": "office@example.com",
            "RECONCILE_EVERY_S": "5",
        }
    )

    profile, defences = settings.profile, settings.profile.defences
    assert profile.identity is AttendeeIdentity.PER_CUSTOMER
    assert profile.layers[Entry.COLLECT] == {Layer.FRESHNESS, Layer.EXISTING_APPOINTMENT, Layer.UNIQUE_BOOKING}
    assert (defences.threshold_s, defences.tolerated_skew_s) == (12.5, 7)
    assert defences.strict
    assert defences.compare_attendee
    assert settings.database_url == "postgresql://u@h/d"
    assert settings.reconcile_every_s == 5


def test_one_switch_turns_every_layer_off() -> None:
    settings = settings_from(SECRETS | {"DUPLICATE_PREVENTION_ENABLED": "false"})

    assert not any(settings.profile.layers.values())


def test_an_empty_variable_is_no_variable() -> None:
    assert settings_from(SECRETS | {"BOOKING_PROFILE": " "}).profile.name == "hardened"


def test_every_missing_secret_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from({})

    assert [problem.split()[0] for problem in caught.value.problems] == list(SECRETS)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("BOOKING_PROFILE", "safe", "one of unprotected, deployed, recommended, hardened"),
        ("ATTENDEE_IDENTITY", "everybody", "one of shared, per_call, per_customer"),
        ("DUPLICATE_PREVENTION_ENABLED", "maybe", "true or false"),
        ("DUPLICATE_PREVENTION_LAYER_1", "2", "true or false"),
        ("DUPLICATE_PREVENTION_THRESHOLD_S", "soon", "a number of seconds"),
        ("DUPLICATE_PREVENTION_THRESHOLD_S", "nan", "a number of seconds"),
        ("DUPLICATE_PREVENTION_THRESHOLD_S", "-1", "0 or more seconds"),
        ("DUPLICATE_PREVENTION_SKEW_S", "-1", "0 or more seconds"),
        ("RECONCILE_EVERY_S", "0", "more than 0 seconds"),
        ("OUTBOX_EVERY_S", "inf", "a number of seconds"),
        ("DATABASE_URL", "my database", "not a URL"),
        ("CALCOM_URL", "cal.com", "not an http(s) URL"),
        ("BUSINESS_TIME_ZONE", "Europe/Atlantis", "no IANA time zone"),
        ("BUSINESS_TIME_ZONE", "../../etc/passwd", "no IANA time zone"),
        ("FALLBACK_EMAIL", "nobody", "no plain e-mail"),
        ("FALLBACK_EMAIL", "a+b@example.com", "no plain e-mail"),
        ("ALERT_WEBHOOK_URL", "ftp://x", "not an http(s) URL"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from(SECRETS | {variable: value})

    assert len(caught.value.problems) == 1
    assert variable in caught.value.problems[0]
    assert expected in caught.value.problems[0]


def test_secrets_never_show() -> None:
    settings = Settings(
        calcom_api_key="cal_SECRET",
        calcom_webhook_secret="hook_SECRET",
        retell_api_key="retell_SECRET",
        database_url="postgresql://user:SECRET@host/db",
    )

    assert "SECRET" not in repr(settings)


class Recorded(dict[str, str]):
    """An environment that remembers which variables were looked for."""

    def __init__(self) -> None:
        super().__init__(SECRETS)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_the_table_names_exactly_the_variables_that_are_read() -> None:
    environment = Recorded()

    settings_from(environment)

    table = (settings_module.__doc__ or "").replace("_1 … _4", "_1 |\n| DUPLICATE_PREVENTION_LAYER_2 |")
    named = set(re.findall(r"^\| ([A-Z][A-Z_0-9]+)", table, re.MULTILINE))
    layers = {f"DUPLICATE_PREVENTION_LAYER_{layer.value}" for layer in Layer}
    assert named | layers == environment.asked
