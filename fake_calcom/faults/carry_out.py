"""Carry out what a rule says around the handling of one request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fake_calcom.faults.mischief import LOST, RESET, cut, drip
from fake_calcom.faults.rule import AFTER_COMMIT, BEFORE, MID_BODY
from fake_calcom.wire import JSON_TYPE, Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fake_calcom.faults.rule import Effect, Rule

    Handle = Callable[[], Awaitable[Answer]]

NEVER_ANSWERED = 0  # the status of a request that got no answer


async def carry_out(rule: Rule, handle: Handle, handle_stale: Handle) -> Answer:
    """Return the answer that leaves the fake; `handle_stale` reads the state before the last write."""
    effect = rule.effect
    if rule.phase == BEFORE:
        return await _before(effect, handle, handle_stale)
    answer = await handle()
    if rule.phase == AFTER_COMMIT:
        return await _after_commit(effect, answer)
    assert rule.phase == MID_BODY, "a webhook's rule meets no request"
    if effect.kind == "slow_body":
        answer.mischief = drip(effect, answer.body)
    else:
        answer.mischief = cut(effect, answer.body, "reset" if effect.kind == "reset" else "closed")
    return answer


async def _before(effect: Effect, handle: Handle, handle_stale: Handle) -> Answer:
    if effect.seconds:
        await asyncio.sleep(effect.seconds)
    if effect.kind == "status":
        return forced(effect)
    if effect.kind == "drop_before":
        return Answer(NEVER_ANSWERED, b"", mischief=LOST)
    if effect.kind == "reset":
        return Answer(NEVER_ANSWERED, b"", mischief=RESET)
    if effect.kind == "stale_read":
        return await handle_stale()
    if effect.kind == "duplicate":
        await handle()
    return await handle()


async def _after_commit(effect: Effect, answer: Answer) -> Answer:
    if effect.seconds:
        await asyncio.sleep(effect.seconds)
    if effect.kind == "status":
        return forced(effect)
    if effect.kind == "malformed_json":
        answer.body = answer.body[: len(answer.body) // 2] + b"\x00<"
    elif effect.kind == "reset":
        answer.mischief = RESET
    elif effect.kind == "drop_after":
        answer.mischief = LOST
    return answer


def forced(effect: Effect) -> Answer:
    """Return the answer that a rule puts in place of the real one, with its headers last."""
    return Answer(effect.status, effect.body, {"Content-Type": JSON_TYPE, **effect.headers})
