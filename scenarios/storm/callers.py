"""Callers of a storm: Retell on their behalf, who repeats what failed, and changes that people call again for."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from booking_core.domain.commands import Entry
from scenarios.incidents.facts import SERVICE, THE_DAY
from scenarios.observation import NO_ANSWER, Observation, Response
from scenarios.scenario import Person
from scenarios.stage import RETELL_KEY, sign
from scenarios.storm.deeds import Deed
from scenarios.storm.plan import OTHER_SLOT, Errand, Then
from simulator.history import History

_TIME_OF_DAY = re.compile(r"um (\d\d:\d\d) Uhr")
TRIES_MAX = 3  # Retell sends a failed call up to two more times
TIME_LIMIT_S = 120.0  # how long Retell waits for an answer, unless set otherwise


@dataclass(slots=True)
class Callers:
    """Everybody who calls. `now` is the true time, and Retell's."""

    http: aiohttp.ClientSession
    hosts: Sequence[str]
    now: Callable[[], datetime]
    history: History
    seen: Observation

    async def run(self, errands: Sequence[Errand]) -> None:
        """All errands at once; over when the last one is."""
        await asyncio.gather(*(self._run(errand) for errand in errands))

    async def _run(self, errand: Errand) -> None:
        await asyncio.sleep(errand.starts_after_s)
        if errand.late_entry:
            await self._after_call(errand)
        else:
            await self._collect(errand, errand.slot)
        match errand.then:
            case Then.CALL_ANALYZED:
                await asyncio.sleep(errand.ends_after_s)  # the call goes on, and is analyzed when it has ended
                await self._after_call(errand)
            case Then.OTHER_SLOT:
                await self._collect(errand, OTHER_SLOT)
            case Then.CANCEL | Then.MOVE:
                await self.change(errand, errand.then)
            case Then.NOTHING:
                pass

    async def change(self, errand: Errand, then: Then) -> None:
        """The errand's person calls again, to cancel or to move."""
        if then is Then.CANCEL:
            await self._change(errand, "cancel", {})
        else:
            await self._change(errand, "reschedule", {"neues_datum": THE_DAY, "neue_uhrzeit": OTHER_SLOT})

    async def _collect(self, errand: Errand, slot: str) -> None:
        body = {"name": "collect_appointment", "call": _call(errand), "args": _wish(errand, slot)}
        deed = Deed("book", errand.person.phone, slot)
        await self._book(errand, deed, "/api/retell/collect-appointment", body, Entry.COLLECT)

    async def _after_call(self, errand: Errand) -> None:
        ended = _call(errand) | {"call_analysis": {"custom_analysis_data": _wish(errand, errand.slot)}}
        deed = Deed("book", errand.person.phone, errand.slot)
        body = {"event": "call_analyzed", "call": ended}
        await self._book(errand, deed, "/api/retell/webhook", body, Entry.AFTER_CALL)

    async def _book(self, errand: Errand, deed: Deed, path: str, body: dict[str, Any], entry: Entry) -> None:
        answer = await self._ask(errand, errand.retell_call_id, deed, path, body)
        if answer is not None:
            self.seen.responses.append(_response(errand, answer, entry, self.now()))

    async def _change(self, errand: Errand, action: str, arguments: dict[str, str]) -> None:
        """The same person calls once more."""
        call_id = f"{errand.retell_call_id}_again"
        call = _call_of(call_id, errand.person)
        body = {"name": f"{action}_appointment", "call": call, "args": {"name": errand.person.name} | arguments}
        deed = Deed(action, errand.person.phone, OTHER_SLOT if arguments else None)
        await self._ask(errand, call_id, deed, f"/api/retell/{action}-appointment", body)

    async def _ask(
        self, errand: Errand, call_id: str, deed: Deed, path: str, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        """What the gateway answered; None when every try failed."""
        operation = self.history.invoke(call_id, deed.action, deed)
        self.seen.speakers[call_id] = (errand.number, errand.person.name)
        for number in range(TRIES_MAX):
            if number:
                await asyncio.sleep(errand.retry_pause_s)
            host = self.hosts[(errand.gateway + number) % len(self.hosts)]
            self._note(errand, "Retell sends it again" if number else str(deed), gateway=host)
            answer = await self._post(host, path, body)
            if answer is not None:
                operation.ok(_heard(answer) | {"tries": number + 1})
                self._hear(errand, answer, host)
                return answer
            self._note(errand, NO_ANSWER, tone="bad", gateway=host)
        operation.info("every try failed")
        return None

    def _hear(self, errand: Errand, answer: dict[str, Any], host: str) -> None:
        tone = "good" if answer.get("success") else "bad"
        self._note(errand, f"hears „{answer.get('message', '')}“", f"status {answer.get('status')}", tone, host)

    def _note(self, errand: Errand, what: str, detail: str = "", tone: str = "plain", gateway: str = "") -> None:
        who = f"{errand.person.name} ({errand.number})"
        self.seen.note(self.now(), who, what, detail, tone, gateway.removesuffix(".test"))

    async def _post(self, host: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Retell-Signature": sign(raw, RETELL_KEY, self.now())}
        timeout = aiohttp.ClientTimeout(total=TIME_LIMIT_S)
        try:
            async with self.http.post(f"http://{host}{path}", data=raw, headers=headers, timeout=timeout) as answer:
                return dict(await answer.json()) if answer.status < 300 else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None


def _heard(answer: dict[str, Any]) -> dict[str, Any]:
    """What a caller takes from an answer: how it ended, and the time of day that the agent says."""
    said = _TIME_OF_DAY.search(str(answer.get("message", "")))
    told = {"status": answer.get("status"), "appointment_id": answer.get("appointment_id")}
    return told | {"slot": said[1] if said else None}


def _response(errand: Errand, answer: dict[str, Any], entry: Entry, at: datetime) -> Response:
    return Response(
        call_id=errand.number,
        retell_call_id=errand.retell_call_id,
        entry=str(entry),
        at=at,
        http_status=200,
        success=bool(answer.get("success")),
        status=str(answer.get("status", "error")),
        message=str(answer.get("message", "")),
        appointment_id=answer.get("appointment_id"),
        alternatives=tuple(answer.get("alternatives") or ()),
    )


def _wish(errand: Errand, slot: str) -> dict[str, str]:
    wish = {"datum": THE_DAY, "uhrzeit": slot, "name": errand.person.name, "dienstleistung": SERVICE}
    return wish if errand.email is None else wish | {"email": errand.email}


def _call(errand: Errand) -> dict[str, str]:
    return _call_of(errand.retell_call_id, errand.person)


def _call_of(call_id: str, person: Person) -> dict[str, str]:
    return {"call_id": call_id, "from_number": person.phone, "to_number": "+493000000000"}
