"""Read a rule from JSON values; a mistake is a WorldError that names the member."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import instant, known_members, text, whole
from fake_calcom.errors import WorldError
from fake_calcom.faults.rule import PHASES_OF_EFFECT, Effect, Matcher, Rule, When, expiry_ms
from fake_calcom.wire import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE_MEMBERS = (
    *("name", "operation", "method", "path", "trigger", "phase", "nth", "first", "every", "since", "until"),
    *("probability", "seed", "times", "ttl_seconds", "effect"),
)
EFFECT_MEMBERS = ("kind", "status", "body", "headers", "seconds", "bytes")
SECONDS_MAX = 86_400.0


def read_rule(number: int, given: Any, now_ms: int) -> Rule:
    """Return the rule that JSON values describe.

    `effect` is an effect's name, or an object with the name as `kind` and what it needs: `status`, `body` and
    `headers`; `seconds` for delay and slow_body; `bytes` for truncate.
    """
    rule = known_members(given, RULE_MEMBERS)
    effect = _effect(rule.get("effect"))
    phases = PHASES_OF_EFFECT[effect.kind]
    phase = text(rule, "phase") or ("webhook" if rule.get("trigger") is not None else phases[0])
    if phase not in phases:
        raise WorldError(f"the effect {effect.kind!r} has the phase {' or '.join(phases)}", "phase")
    method = text(rule, "method")
    return Rule(
        id=number,
        name=text(rule, "name") or f"{effect.kind} {rule.get('operation') or rule.get('path') or 'any call'}",
        matcher=Matcher(
            text(rule, "operation"), method.upper() if method else None, text(rule, "path"), text(rule, "trigger")
        ),
        phase=phase,
        when=_when(rule),
        effect=effect,
        times=_count(rule, "times"),
        ends_ms=expiry_ms(now_ms, _number(rule, "ttl_seconds", 10 * 366 * SECONDS_MAX)),
        given={name: value for name, value in rule.items() if value is not None},
        chance=random.Random(0 if rule.get("seed") is None else whole(rule, "seed")),
    )


def _when(rule: Mapping[str, Any]) -> When:
    return When(
        nth=_count(rule, "nth"),
        first=_count(rule, "first"),
        every=_count(rule, "every"),
        since_ms=instant(rule, "since"),
        until_ms=instant(rule, "until"),
        probability=_number(rule, "probability", 1.0),
    )


def _effect(given: Any) -> Effect:
    effect = {"kind": given} if isinstance(given, str) else given
    if not isinstance(effect, dict) or effect.get("kind") not in PHASES_OF_EFFECT:
        raise WorldError(f"expected one of {', '.join(PHASES_OF_EFFECT)}, or an object with it as `kind`", "effect")
    try:
        return _read_effect(known_members(effect, EFFECT_MEMBERS))
    except WorldError as error:
        raise WorldError(error.message, f"effect.{error.where}") from None


def _read_effect(effect: Mapping[str, Any]) -> Effect:
    headers = effect.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(v, str) and v.isprintable() for v in headers.values()):
        raise WorldError("expected an object of printable texts", "headers")
    body = effect.get("body")
    return Effect(
        kind=effect["kind"],
        status=_status(effect),
        body=b"" if body is None else body.encode() if isinstance(body, str) else encode(body),
        headers=headers,
        seconds=_seconds(effect),
        bytes_sent=None if effect.get("bytes") is None else _natural(effect, "bytes"),
    )


def _status(effect: Mapping[str, Any]) -> int:
    if effect["kind"] != "status":
        return 0
    status = whole(effect, "status")
    if not 200 <= status <= 599:
        raise WorldError("expected a final HTTP status, 200 to 599", "status")
    return status


def _seconds(effect: Mapping[str, Any]) -> float:
    seconds = _number(effect, "seconds", SECONDS_MAX)
    if seconds is None and effect["kind"] in ("delay", "slow_body"):
        raise WorldError(f"{effect['kind']} needs its length", "seconds")
    return seconds or 0.0


def _number(given: Mapping[str, Any], name: str, most: float) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise WorldError(f"expected a number from 0 to {most:g}", name)
    return float(value)


def _count(given: Mapping[str, Any], name: str) -> int | None:
    if given.get(name) is None:
        return None
    value = _natural(given, name)
    if value == 0:
        raise WorldError("expected a whole number from 1", name)
    return value


def _natural(given: Mapping[str, Any], name: str) -> int:
    value = whole(given, name)
    if value < 0:
        raise WorldError("expected a whole number from 0", name)
    return value
