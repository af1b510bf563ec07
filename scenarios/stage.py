"""The stage of a replay: what a scenario's play can do, over HTTP, at instants of the gateway's clock.

A stage knows callers, the gateway's address and a clock that can be waited for. How the gateway, Cal.com and the
database stand behind it (in a simulation or on a real server) is `backstage`'s business.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp

from booking_core.domain.commands import Entry
from scenarios.observation import Observation, Response
from scenarios.scenario import PhoneCall

GATEWAY = "http://gateway.test"
CALCOM = "http://calcom.test"
RETELL_KEY = "key_of_the_replayed_agent"
TIMES_SENT = 3  # Retell sends a failed function call up to two more times


class Stage:
    """Callers speak here; everything they do is a signed HTTP request of Retell's to the gateway."""

    def __init__(
        self,
        *,
        calls: Mapping[int, PhoneCall],
        entry: Entry,
        seed: int,
        http: aiohttp.ClientSession,
        now: Callable[[], datetime],
        wait_until: Callable[[datetime], Awaitable[None]],
        seen: Observation,
    ) -> None:
        self.calls = calls
        self.seed = seed
        self._entry = entry
        self._http = http
        self._now = now
        self._wait_until = wait_until
        self._seen = seen

    async def until(self, instant: datetime) -> None:
        """Let time pass until the gateway's clock shows that instant."""
        await self._wait_until(instant)

    async def rings(self, call: PhoneCall) -> None:
        """The call begins: Retell tells the gateway, which writes the call's row."""
        self._note(call, "calls", f"{call.retell_call_id}")
        await self._post("/api/retell/webhook", {"event": "call_started", "call": _retell_call(call)})

    async def asks_for_times(self, call: PhoneCall, day: str) -> None:
        """The caller asks which times are free that day."""
        self._note(call, f"asks which times are free on {day}")
        answer = await self._free_times(call, day)
        starts = answer.get("alternatives", [])
        self._note(call, f"hears {len(starts)} free times", tone="quiet")

    async def tries(self, call: PhoneCall, day: str, time: str) -> None:
        """The caller wants a time and would take another: the agent tries it during the call, on either entry."""
        if self._entry is Entry.COLLECT:
            await self.books(call, day, time)
            return
        self._note(call, f"wants {day} {time}")
        answer = await self._free_times(call, day)
        free = any(start[11:16] == time for start in answer.get("alternatives", []))
        self._note(call, f"hears that {time} is {'free' if free else 'taken'}", tone="quiet")

    async def books(self, call: PhoneCall, day: str, time: str, entry: Entry | None = None) -> None:
        """The caller takes a time; the gateway books it, on the entry under test unless another is named.

        As Retell does, a request without an answer is sent up to two more times.
        """
        entry = entry or self._entry
        self._note(call, f"wants {day} {time}")
        wish = {"datum": day, "uhrzeit": time, "name": call.person.name, "dienstleistung": "Beratung"}
        for left in reversed(range(TIMES_SENT)):
            try:
                answer = await self._send(call, wish, entry)
            except (aiohttp.ClientError, TimeoutError):
                self._note(call, "gets no answer", "Retell sends it again" if left else "Retell gives up", "bad")
            else:
                self._hear(call, entry, *answer)
                return

    async def _send(self, call: PhoneCall, wish: dict[str, str], entry: Entry) -> tuple[int, dict[str, Any]]:
        if entry is Entry.COLLECT:
            body = {"name": "collect_appointment", "call": _retell_call(call), "args": wish}
            return await self._post("/api/retell/collect-appointment", body)
        ended = _retell_call(call) | {"call_analysis": {"custom_analysis_data": wish}}
        return await self._post("/api/retell/webhook", {"event": "call_analyzed", "call": ended})

    async def moves(self, call: PhoneCall, day: str, time: str) -> None:
        """The caller would rather have another time for the appointment that they hold."""
        self._note(call, f"would rather have {day} {time}")
        wish = {"neues_datum": day, "neue_uhrzeit": time, "name": call.person.name}
        body = {"name": "reschedule_appointment", "call": _retell_call(call), "args": wish}
        _, answer = await self._post("/api/retell/reschedule-appointment", body)
        self._note(call, f"hears „{answer.get('message', '')}“", f"status {answer.get('status')}", "quiet")

    async def at_calcom(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Somebody else does something at Cal.com. Raises ClientResponseError when Cal.com refuses."""
        async with self._http.request(method, CALCOM + path, json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def _free_times(self, call: PhoneCall, day: str) -> dict[str, Any]:
        body = {"name": "check_availability", "call": _retell_call(call), "args": {"datum": day}}
        _, answer = await self._post("/api/retell/check-availability", body)
        self._seen.availability.append({"call_id": call.id, "day": day, "starts": answer.get("alternatives", [])})
        return answer

    async def _post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Retell-Signature": sign(raw, RETELL_KEY, self._now())}
        async with self._http.post(GATEWAY + path, data=raw, headers=headers) as answer:
            return answer.status, await answer.json()

    def _hear(self, call: PhoneCall, entry: Entry, http_status: int, answer: dict[str, Any]) -> None:
        response = Response(
            call_id=call.id,
            retell_call_id=call.retell_call_id,
            entry=str(entry),
            at=self._now(),
            http_status=http_status,
            success=bool(answer.get("success")),
            status=str(answer.get("status", "error")),
            message=str(answer.get("message", "")),
            appointment_id=answer.get("appointment_id"),
            alternatives=tuple(answer.get("alternatives") or ()),
        )
        self._seen.responses.append(response)
        heard = "hears" if entry is Entry.COLLECT else "has hung up; the gateway notes"
        self._note(
            call, f"{heard} „{response.message}“", f"status {response.status}", "good" if response.success else "bad"
        )

    def _note(self, call: PhoneCall, what: str, detail: str = "", tone: str = "plain") -> None:
        self._seen.note(self._now(), f"{call.person.name} ({call.id})", what, detail, tone)


def sign(raw: bytes, key: str, at: datetime) -> str:
    """Retell's signature of a body: `v=<unix ms>,d=<hex HMAC-SHA256 of body + timestamp>`."""
    stamp = str(round(at.timestamp() * 1000))
    digest = hmac.new(key.encode(), raw + stamp.encode(), hashlib.sha256).hexdigest()
    return f"v={stamp},d={digest}"


def _retell_call(call: PhoneCall) -> dict[str, Any]:
    return {"call_id": call.retell_call_id, "from_number": call.person.phone, "to_number": "+493000000000"}
