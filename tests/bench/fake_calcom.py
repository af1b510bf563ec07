"""What the fake costs beside a bare aiohttp handler that keeps dicts and answers JSON; whether its cost is flat.

The bare handler answers with the same members as the fake; another one's answer is half as long, to see what that
is worth. All serve a port from a process of their own; what counts is the processor time that the server used, so that
neither the client's work nor a busy machine is in the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Self

import aiohttp
from aiohttp import web

from fake_calcom import Call, FakeCalcom
from tests.bench.fake_calcom_peer import bare_app, few_members, whole_booking
from tests.bench.table import Part, Row

REQUESTS = 3000
ROUNDS = 11  # of each, alternating: a machine's other work hits neighbours alike, so the median of the ratios counts
CONNECTIONS = 8
CREATE, READ = 0, 1  # places in what `create_and_read` returns
FEW, MANY = 1_000, 1_000_000
PEERS = {"bare": whole_booking, "bare, half as long": few_members}
TIMED_CREATES = 1500
FIRST = datetime(2030, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=15)
HEADERS = {"cal-api-version": "2024-08-13", "Content-Type": "application/json"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WORLD: dict[str, Any] = {
    "clock": "2029-12-01T00:00:00.000Z",
    "users": [{"key": "HOST", "name": "Host", "email": "host@example.com", "username": "host", "timeZone": "UTC"}],
    "schedules": [
        {
            "owner": "HOST",
            "timeZone": "UTC",
            "isDefault": True,
            "availability": [{"days": DAYS, "startTime": "00:00", "endTime": "23:59"}],
        }
    ],
    "event_types": [
        {"key": "VISIT", "owner": "HOST", "slug": "visit", "title": "Visit", "lengthInMinutes": 15, "id": 77}
    ],
}


def request_bytes(method: str, target: str, version: str, body: bytes = b"") -> bytes:
    head = [
        f"{method} {target} HTTP/1.1",
        "Host: 127.0.0.1",
        f"cal-api-version: {version}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def create_body(number: int) -> bytes:
    start = (FIRST + number * SLOT).isoformat()
    attendee = {"name": f"Guest {number}", "email": f"guest{number}@example.com", "timeZone": "Europe/Rome"}
    return json.dumps(
        {"start": start, "eventTypeId": 77, "attendee": attendee, "metadata": {"call": str(number)}}
    ).encode()


def creates(first: int, count: int) -> list[bytes]:
    return [request_bytes("POST", "/v2/bookings", "2024-08-13", create_body(n)) for n in range(first, first + count)]


async def serve(kind: str) -> None:
    """Be the server of a measurement, in a process of its own: print the port and serve until killed."""
    if kind in PEERS:
        runner = web.AppRunner(bare_app(PEERS[kind]), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = int(runner.addresses[0][1])
    else:
        fake = new_fake()
        await fake.open()
        port = int(fake.url.rpartition(":")[2])
    print(port, flush=True)  # noqa: T201  the parent reads it
    await asyncio.Event().wait()


def new_fake() -> FakeCalcom:
    return FakeCalcom(world=WORLD, calls_per_minute=10**9)


class Server:
    """A server process and what it has used of the processor."""

    def __init__(self, kind: str) -> None:
        command = [sys.executable, "-m", "tests.bench.fake_calcom", kind]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def processor_s(self) -> float:
        """Return the seconds of processor time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def load(self, requests: list[bytes], status: bytes) -> list[bytes]:
        """Send requests over a few connections, each waiting for its answer; return the bodies."""
        bodies: list[bytes] = []
        queue = iter(requests)

        async def one() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for request in queue:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                assert head[9:12] == status, head
                length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
                bodies.append(await reader.readexactly(int(length)))
            writer.close()

        await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
        return bodies

    async def rate(self, requests: list[bytes], status: bytes) -> float:
        """Return requests a second of the server's processor time."""
        before = self.processor_s()
        await self.load(requests, status)
        return len(requests) / (self.processor_s() - before)


async def create_and_read(kind: str) -> tuple[float, float]:
    """Rates of creates and of point reads on a new server."""
    with Server(kind) as server:
        made = await server.load(creates(0, 300), b"201")
        created = await server.rate(creates(300, REQUESTS), b"201")
        targets = [f"/v2/bookings/{json.loads(body)['data']['uid']}" for body in made]
        reads = [request_bytes("GET", targets[n % 300], "2024-08-13") for n in range(REQUESTS)]
        return created, await server.rate(reads, b"200")


async def beside_the_peer() -> list[Row]:
    rounds = [{kind: await create_and_read(kind) for kind in (*PEERS, "fake")} for _ in range(ROUNDS)]
    peer, short = PEERS

    def rate(kind: str, what: int) -> float:
        return median(found[kind][what] for found in rounds)

    def ratio(beside: str, what: int) -> float:
        return median(found["fake"][what] / found[beside][what] for found in rounds)

    return [
        Row("create, bare aiohttp handler", rate(peer, CREATE), "requests/s"),
        Row("create, the fake (journal, validation, auth, faults)", rate("fake", CREATE), "requests/s"),
        Row("create: the fake beside the bare handler", ratio(peer, CREATE), "x", at_least=0.7),
        Row("create: beside one whose answer is half as long", ratio(short, CREATE), "x"),
        Row("point read, bare aiohttp handler", rate(peer, READ), "requests/s"),
        Row("point read, the fake", rate("fake", READ), "requests/s"),
        Row("point read: the fake beside the bare handler", ratio(peer, READ), "x", at_least=0.9),
        *await slots_rate(),
    ]


async def slots_rate() -> list[Row]:
    """A day of slots: computed for another day or length each time, and remembered."""

    def request(day: int, length: int) -> bytes:
        span = f"start=2030-02-{day:02}&end=2030-02-{day:02}&duration={length}"
        return request_bytes("GET", f"/v2/slots?eventTypeId=77&{span}", "2024-09-04")

    with Server("fake") as server:
        computed = await server.rate([request(1 + n % 28, 15 + n // 28) for n in range(600)], b"200")
        remembered = await server.rate([request(1, 15)] * REQUESTS, b"200")
    return [Row("slots of a day, computed", computed, "requests/s"), Row("slots, remembered", remembered, "requests/s")]


async def answered(fake: FakeCalcom, first: int, until: int) -> list[float]:
    """Make bookings without HTTP's cost, and return the milliseconds of each."""
    times = []
    for number in range(first, until):
        call = Call("POST", "/v2/bookings", HEADERS, create_body(number))
        began = time.perf_counter()
        answer = await fake.answer(call)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 201, answer.body
    return times


async def flat_cost(many: int) -> list[Row]:
    fake = new_fake()
    await answered(fake, 0, FEW)
    few = await answered(fake, FEW, FEW + TIMED_CREATES)
    reached, before = FEW + TIMED_CREATES, _resident_bytes()
    await answered(fake, reached, many)
    per_booking = (_resident_bytes() - before) / (many - reached)
    crowd = await answered(fake, many, many + TIMED_CREATES)
    return [
        Row(f"create p50 at {FEW:,} bookings", median(few), "ms"),
        Row(f"create p50 at {many:,} bookings", median(crowd), "ms"),
        Row("create p50: many beside few", median(crowd) / median(few), "x", at_most=1.3),
        Row(f"create p99 at {many:,} bookings", quantiles(crowd, n=100)[98], "ms", at_most=10.0),
        Row("memory of a booking", per_booking, "bytes", note="resident, indexes included"),
    ]


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def door_rates() -> list[Row]:
    rows = []
    for door in ("port", "memory", "direct"):
        fake = new_fake()
        async with fake:
            options: dict[str, Any] = {"base_url": fake.url}
            if door == "memory":
                options["connector"] = fake.memory_connector()
            if door == "direct":
                options["middlewares"] = (fake.direct_door(),)
            async with aiohttp.ClientSession(**options) as session:
                rows.append(Row(f"reads by aiohttp's client, {door} door", await _reads(session), "requests/s"))
    return rows


async def _reads(session: aiohttp.ClientSession) -> float:
    async with session.post("/v2/bookings", data=create_body(0), headers=HEADERS) as answer:
        uid = (await answer.json())["data"]["uid"]
    began = time.perf_counter()
    for _ in range(REQUESTS // 2):
        async with session.get(f"/v2/bookings/{uid}", headers=HEADERS) as answer:
            await answer.read()
    return REQUESTS // 2 / (time.perf_counter() - began)


def start_up() -> Row:
    """From the start of a process to the first answer through the port."""
    script = (
        "import asyncio, urllib.request\n"
        "from fake_calcom import FakeCalcom\n"
        "async def main():\n"
        "    async with FakeCalcom() as fake:\n"
        "        await asyncio.to_thread(lambda: urllib.request.urlopen(fake.url + '/__fake__/clock').read())\n"
        "asyncio.run(main())\n"
    )
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        times.append(time.perf_counter() - began)
    what = "start of a process to its first answer"
    return Row(what, min(times), "s", at_most=0.5, note="with the interpreter's own")


def _measure() -> Iterator[Row]:
    yield start_up()
    yield from asyncio.run(beside_the_peer())
    yield from asyncio.run(door_rates())
    yield from asyncio.run(flat_cost(MANY))


PART = Part("The fake Cal.com beside a bare handler", _measure)

if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
