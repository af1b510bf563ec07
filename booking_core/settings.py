"""Settings of the gateway: by keyword, or from environment variables. Every wrong one is named at once.

| variable | means | default |
|---|---|---|
| DATABASE_URL | SQLAlchemy URL: sqlite+aiosqlite, postgresql+asyncpg, mysql+asyncmy | a file here |
| CALCOM_URL | where Cal.com's API is, without `/v2` | https://api.cal.com |
| CALCOM_API_KEY | Cal.com's bearer key | (required) |
| CALCOM_WEBHOOK_SECRET | the secret of Cal.com's webhook signature | (required) |
| RETELL_API_KEY | the key that signs Retell's requests | (required) |
| BOOKING_PROFILE | unprotected, deployed, recommended or hardened | hardened |
| ATTENDEE_IDENTITY | shared, per_call or per_customer | the profile's |
| DUPLICATE_PREVENTION_ENABLED | false switches all four layers off | true |
| DUPLICATE_PREVENTION_LAYER_1 … _4 | false switches that layer off | true |
| DUPLICATE_PREVENTION_THRESHOLD_S | Layer 1: the age in seconds beyond which an answer is stale | 30 |
| DUPLICATE_PREVENTION_SKEW_S | Layer 1: seconds in the future beyond which an answer is suspicious | 120 |
| DUPLICATE_PREVENTION_STRICT | true turns down answers without createdAt or call_id | false |
| DUPLICATE_PREVENTION_COMPARE_ATTENDEE | Layer 2 compares the attendee when call_id is missing | the profile's |
| BUSINESS_TIME_ZONE | IANA name | Europe/Berlin |
| FALLBACK_EMAIL | attendee of callers without an e-mail | termin@askproai.de |
| RECONCILE_EVERY_S | seconds between two reconciliations in the gateway | 60 |
| OUTBOX_EVERY_S | seconds between two looks into the outbox | 5 |
| OUTBOX_FILE | notifications to customers are appended there as JSON lines | (the console, masked) |
| ALERT_FILE | alerts are appended there as JSON lines | (off) |
| ALERT_WEBHOOK_URL | alerts are posted there as JSON | (off) |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from booking_core.domain.outcomes import Layer
from booking_core.profiles import AttendeeIdentity, Defences, Profile, profiles

Value = TypeVar("Value")

_EMAIL = re.compile(r"[^@\s+]+@[^@\s]+\.[^@\s]+")
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class SettingsError(Exception):
    """Wrong or missing settings; `problems` has a sentence for each: what, where, what was expected."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _hardened() -> Profile:
    return profiles()["hardened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the gateway can be told. SettingsError when a value is wrong. Secrets never show in a repr."""

    calcom_api_key: str = field(repr=False)
    calcom_webhook_secret: str = field(repr=False)
    retell_api_key: str = field(repr=False)
    database_url: str = field(default="sqlite+aiosqlite:///slotproof.db", repr=False)
    calcom_url: str = "https://api.cal.com"
    profile: Profile = field(default_factory=_hardened)
    time_zone: str = "Europe/Berlin"
    fallback_email: str = "termin@askproai.de"
    reconcile_every_s: float = 60.0
    outbox_every_s: float = 5.0
    outbox_file: str | None = None
    alert_file: str | None = None
    alert_webhook_url: str | None = None

    def __post_init__(self) -> None:
        problems = [problem for holds, problem in self._rules() if not holds]
        if problems:
            raise SettingsError(problems)

    @property
    def zone(self) -> ZoneInfo:
        """The business's time zone."""
        return ZoneInfo(self.time_zone)

    def _rules(self) -> list[tuple[bool, str]]:
        defences = self.profile.defences
        return [
            (bool(self.calcom_api_key), "CALCOM_API_KEY is missing: Cal.com's bearer key (cal_…) was expected"),
            (bool(self.calcom_webhook_secret), "CALCOM_WEBHOOK_SECRET is missing: the webhook's secret was expected"),
            (bool(self.retell_api_key), "RETELL_API_KEY is missing: the key that signs Retell's requests was expected"),
            (
                "://" in self.database_url,
                "DATABASE_URL is not a URL: sqlite+aiosqlite:///FILE or the like was expected",
            ),
            (_is_http(self.calcom_url), "CALCOM_URL is not an http(s) URL"),
            (
                _is_zone(self.time_zone),
                "BUSINESS_TIME_ZONE is no IANA time zone: Europe/Berlin or the like was expected",
            ),
            (bool(_EMAIL.fullmatch(self.fallback_email)), "FALLBACK_EMAIL is no plain e-mail address (without `+`)"),
            (defences.threshold_s >= 0, "DUPLICATE_PREVENTION_THRESHOLD_S must be 0 or more seconds"),
            (defences.tolerated_skew_s >= 0, "DUPLICATE_PREVENTION_SKEW_S must be 0 or more seconds"),
            (self.reconcile_every_s > 0, "RECONCILE_EVERY_S must be more than 0 seconds"),
            (self.outbox_every_s > 0, "OUTBOX_EVERY_S must be more than 0 seconds"),
            (
                self.alert_webhook_url is None or _is_http(self.alert_webhook_url),
                "ALERT_WEBHOOK_URL is not an http(s) URL",
            ),
        ]


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Settings from variables (see the table above); SettingsError names every wrong one."""
    reader = _Reader(environment)
    profile = _profile(reader)
    given: dict[str, Any] = {
        "calcom_api_key": reader.text("CALCOM_API_KEY") or "",
        "calcom_webhook_secret": reader.text("CALCOM_WEBHOOK_SECRET") or "",
        "retell_api_key": reader.text("RETELL_API_KEY") or "",
        "database_url": reader.text("DATABASE_URL"),
        "calcom_url": reader.text("CALCOM_URL"),
        "time_zone": reader.text("BUSINESS_TIME_ZONE"),
        "fallback_email": reader.text("FALLBACK_EMAIL"),
        "outbox_file": reader.text("OUTBOX_FILE"),
        "alert_file": reader.text("ALERT_FILE"),
        "alert_webhook_url": reader.text("ALERT_WEBHOOK_URL"),
        "reconcile_every_s": reader.seconds("RECONCILE_EVERY_S"),
        "outbox_every_s": reader.seconds("OUTBOX_EVERY_S"),
    }
    try:
        settings = Settings(profile=profile, **{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        raise SettingsError(reader.problems + error.problems) from None
    if reader.problems:
        raise SettingsError(reader.problems)
    return settings


def _profile(reader: _Reader) -> Profile:
    profile = reader.one_of("BOOKING_PROFILE", profiles()) or _hardened()
    identity = reader.one_of("ATTENDEE_IDENTITY", {identity.value: identity for identity in AttendeeIdentity})
    if identity is not None:
        profile = profile.with_identity(identity)
    enabled = reader.switch("DUPLICATE_PREVENTION_ENABLED") is not False
    off = [
        layer for layer in Layer if not enabled or reader.switch(f"DUPLICATE_PREVENTION_LAYER_{layer.value}") is False
    ]
    return replace(profile.without(*off), defences=_defences(reader, profile.defences))


def _defences(reader: _Reader, base: Defences) -> Defences:
    threshold_s = reader.seconds("DUPLICATE_PREVENTION_THRESHOLD_S")
    skew_s = reader.seconds("DUPLICATE_PREVENTION_SKEW_S")
    strict = reader.switch("DUPLICATE_PREVENTION_STRICT")
    compare = reader.switch("DUPLICATE_PREVENTION_COMPARE_ATTENDEE")
    return Defences(
        threshold_s=base.threshold_s if threshold_s is None else threshold_s,
        tolerated_skew_s=base.tolerated_skew_s if skew_s is None else skew_s,
        strict=base.strict if strict is None else strict,
        compare_attendee=base.compare_attendee if compare is None else compare,
    )


class _Reader:
    """Reads variables, an empty one being none, and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        return self._environment.get(name, "").strip() or None

    def seconds(self, name: str) -> float | None:
        return self._parsed(name, _finite, "a number of seconds")

    def switch(self, name: str) -> bool | None:
        return self._parsed(name, _switch, "true or false")

    def one_of(self, name: str, choices: Mapping[str, Value]) -> Value | None:
        return self._parsed(name, choices.__getitem__, f"one of {', '.join(choices)}")

    def _parsed(self, name: str, parse: Callable[[str], Value], expected: str) -> Value | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError):
            self.problems.append(f"{name} is {text!r}: {expected} was expected")
            return None


def _finite(text: str) -> float:
    seconds = float(text)
    if not -1e9 < seconds < 1e9:  # also turns away nan
        raise ValueError
    return seconds


def _switch(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


def _is_http(url: str) -> bool:
    return re.fullmatch(r"https?://[^/\s]+\S*", url) is not None


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; odd names end in the others
        return False
