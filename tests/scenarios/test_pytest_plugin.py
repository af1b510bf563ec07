"""The plug-in as a project meets it that knows nothing of ours: each test runs a pytest of its own."""

from __future__ import annotations

import json
import re

import pytest

pytest_plugins = ["pytester"]

CLIENT = """
import json
import urllib.request

def call(url, method, path, body=None, version="2024-08-13", key=None):
    headers = {"Content-Type": "application/json", "cal-api-version": version}
    if key:
        headers["Authorization"] = "Bearer " + key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

def book(fake, start="2025-10-07T12:00:00Z", email="ada@example.com"):
    attendee = {"name": "Ada", "email": email, "timeZone": "Europe/Berlin"}
    body = {"start": start, "eventTypeId": fake.event_type_id("VISIT"), "attendee": attendee}
    return call(fake.url, "POST", "/v2/bookings", body)["data"]
"""
WITHOUT_ASYNCIO = ("-p", "no:asyncio", "-W", "error")
SCOPE = ("-o", "asyncio_default_fixture_loop_scope=function", "-W", "error")
AUTO = ("-o", "asyncio_mode=auto", *SCOPE)
STRICT = ("-o", "asyncio_mode=strict", *SCOPE)


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a small blocking client and nothing else."""
    pytester.makepyfile(client=CLIENT)
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider\n")
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    """Run its tests in a process of their own."""
    return project.runpytest_subprocess("--strict-markers", *words)


def test_a_blocking_client_meets_a_running_fake(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from client import book, call

        def test_books(fake_calcom):
            fake_calcom.world()

            made = book(fake_calcom)

            read = call(fake_calcom.url, "GET", "/v2/bookings/" + made["uid"], key=fake_calcom.api_key("MARTA"))
            assert read["data"]["status"] == "accepted"
            assert [mail.to for mail in fake_calcom.emails].count("ada@example.com") == 1
            assert fake_calcom.fired == ["BOOKING_CREATED"]
            fake_calcom.journal.verify("createBooking", 1, {"body": {"attendee": {"name": "Ada"}}})
            fake_calcom.journal.in_order("createBooking", "getBooking")
            fake_calcom.journal.never("cancelBooking")
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.assert_outcomes(passed=1)


def test_an_async_client_meets_the_same_fake(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import aiohttp

        async def test_asks(fake_calcom):
            fake_calcom.world()

            async with aiohttp.ClientSession() as http:
                async with http.get(fake_calcom.url + "/v2/me") as answer:
                    assert answer.status == 401

            assert len(fake_calcom.journal) == 1
    """)

    ended = run(project, *AUTO)

    ended.assert_outcomes(passed=1)


def test_every_test_has_a_fresh_fake(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        from client import book

        @pytest.mark.parametrize("time", [1, 2])
        def test_books(fake_calcom, time):
            fake_calcom.world()

            book(fake_calcom)

            assert len(fake_calcom.journal) == 1
            assert len(fake_calcom.emails) == 2
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.assert_outcomes(passed=2)


def test_the_clock_stands_until_it_is_moved(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from datetime import timedelta
        from client import book, call

        def test_time(fake_calcom, calcom_clock):
            fake_calcom.world()
            first = book(fake_calcom)
            calcom_clock.advance(timedelta(hours=1))
            second = book(fake_calcom, "2025-10-08T12:00:00Z")
            calcom_clock.set("2026-01-05T08:00:00Z")
            third = book(fake_calcom, "2026-01-06T12:00:00Z")

            assert [b["createdAt"][:16] for b in (first, second, third)] == [
                "2025-10-06T08:00", "2025-10-06T09:00", "2026-01-05T08:00"]

        def test_a_naive_instant_is_refused(calcom_clock):
            try:
                calcom_clock.set("2026-01-05T08:00:00")
            except ValueError as refused:
                assert "with its zone" in str(refused)
            else:
                raise AssertionError("accepted")

        def test_what_is_due_on_the_way_is_told(fake_calcom, calcom_clock):
            fake_calcom.world()
            body = {"eventTypeId": fake_calcom.event_type_id("VISIT"), "slotStart": "2025-10-07T12:00:00Z"}
            call(fake_calcom.url, "POST", "/v2/slots/reservations", body, "2024-09-04")

            due = calcom_clock.advance(3600)

            assert "reservation_expired" in [each.kind for each in due]
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.assert_outcomes(passed=3)


def test_a_lost_answer_is_met_by_the_retry(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import http.client
        import pytest
        from client import book

        def test_lost(fake_calcom):
            fake_calcom.world()
            rule = fake_calcom.faults.add(operation="createBooking", nth=1, effect="drop_after")

            with pytest.raises(http.client.RemoteDisconnected):
                book(fake_calcom)

            assert rule.hits == 1
            assert len(fake_calcom.emails) == 2
            fake_calcom.faults.refuse_unused()
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.assert_outcomes(passed=1)


def test_mistakes_of_a_test_are_told_with_their_place(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        def test_world(fake_calcom):
            fake_calcom.world(users=[{"key": "A", "name": "A", "email": "a@example.com", "age": 3}])

        def test_key(fake_calcom):
            fake_calcom.world()
            fake_calcom.event_type_id("SURGEON")

        def test_verdict(fake_calcom):
            fake_calcom.journal.verify("createBooking")
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.assert_outcomes(failed=3)
    ended.stdout.fnmatch_lines([
        "*WorldError: users[[]0[]].age*",
        "*the world has no event type 'SURGEON'; it has VISIT, FOLLOW_UP*",
        "*createBooking: wanted 1 calls, found 0*",
    ])  # fmt: skip


def test_what_the_suite_never_met_is_told(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from client import book

        def test_books(fake_calcom):
            fake_calcom.world()
            book(fake_calcom)
    """)

    brief, full = run(project, *WITHOUT_ASYNCIO), run(project, *WITHOUT_ASYNCIO, "--calcom-gaps")

    brief.stdout.fnmatch_lines(["*what these tests never met*", "createBooking  never met 400*; *a lost answer*"])
    brief.stdout.no_fnmatch_line("*cancelBooking*")
    full.stdout.fnmatch_lines(["cancelBooking  never called"])


def test_workers_hand_in_what_they_met(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from client import book

        def test_books(fake_calcom):
            fake_calcom.world()
            book(fake_calcom)
    """)

    ended = run(project, "-n", "1")

    ended.assert_outcomes(passed=1)
    ended.stdout.fnmatch_lines(["createBooking  never met 400*"])


def test_a_project_that_does_not_use_it_pays_nothing(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import sys

        def test_light():
            heavy = {"aiohttp", "sqlalchemy", "freezegun", "fake_calcom", "simulator", "booking_core"}
            assert heavy & set(sys.modules) == set()
    """)

    ended = run(project, *WITHOUT_ASYNCIO)

    ended.stdout.fnmatch_lines(["*1 passed*"])
    ended.stdout.no_fnmatch_line("*never met*")


RACE = """
    import asyncio
    import pytest

    @pytest.mark.simulated_seeds(40)
    async def test_race(simulation):
        free, booked = [True], []

        async def book(caller):
            await simulation.loop.io_point("SELECT")
            if free[0]:
                await simulation.loop.io_point("INSERT")
                free[0] = False
                booked.append(caller)

        await asyncio.gather(book("a"), book("b"))
        assert len(booked) == 1, "two bookings in one slot"
"""


@pytest.mark.parametrize("words", [WITHOUT_ASYNCIO, AUTO, STRICT], ids=["alone", "auto", "strict"])
def test_a_seed_that_fails_is_told_with_the_line_that_shows_it_again(
    project: pytest.Pytester, words: tuple[str, ...]
) -> None:
    project.makepyfile(RACE)

    ended = run(project, *words)

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([
        '>*assert len(booked) == 1, "two bookings in one slot"',
        "E *seed * is INVALID: AssertionError: two bookings in one slot*",
        "E *smallest schedule that fails so: plain order except at decision *",
        "E *again: pytest '*::test_race' --simulated-seed *",
    ])  # fmt: skip


def test_the_line_shows_the_same_run_again(project: pytest.Pytester) -> None:
    project.makepyfile(RACE)
    first = run(project, *WITHOUT_ASYNCIO)
    line = next(line for line in first.outlines if "again: pytest" in line)

    second = run(project, *WITHOUT_ASYNCIO, "--simulated-seed", line.rpartition(" ")[2])

    found = [set(re.findall(r"digest (\w+)", ended.stdout.str())) for ended in (first, second)]
    assert found[0] == found[1]
    assert len(found[0]) == 1


def test_a_client_is_tried_under_many_schedules(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import asyncio
        import pytest
        from scenarios.pytest_fake import sample_world

        @pytest.mark.simulated_seeds(15)
        async def test_one_slot_one_booking(simulated_calcom):
            async with simulated_calcom(sample_world()) as calcom, calcom.session() as http:
                number = calcom.keys.event_types["VISIT"]["id"]

                async def book(name):
                    who = {"name": name, "email": name + "@example.com", "timeZone": "Europe/Berlin"}
                    body = {"start": "2026-03-10T12:00:00Z", "eventTypeId": number, "attendee": who}
                    head = {"cal-api-version": "2024-08-13"}
                    async with http.post(calcom.url + "/v2/bookings", json=body, headers=head) as answer:
                        return answer.status

                statuses = await asyncio.gather(book("ada"), book("bob"), book("cyd"))

                assert sorted(statuses) in ([201, 400, 400], [201, 400, 409], [201, 409, 409])
    """)

    ended = run(project, *AUTO)

    ended.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("@pytest.mark.simulated_seeds(0)\nasync def test_x(): pass", "*expected one number of seeds, 1 to*"),
        ("@pytest.mark.simulated_seeds(5)\ndef test_x(): pass", "*marks async tests, this one is not*"),
        ("def test_x(simulation): pass", "*belongs to tests marked @pytest.mark.simulated_seeds(n)*"),
        ("@pytest.mark.simulated_seeds(5)\nasync def test_x(): pass", "*plain order (run 1) is UNKNOWN*"),
    ],
    ids=["no_seeds", "not_async", "not_marked", "no_choice"],
)
def test_wrong_use_is_told(project: pytest.Pytester, code: str, line: str) -> None:
    project.makepyfile(f"import pytest\n\n{code}\n")

    ended = run(project, *WITHOUT_ASYNCIO)

    assert ended.ret != 0
    ended.stdout.fnmatch_lines([line])


def test_the_sample_world_is_the_one_of_the_page() -> None:
    from scenarios.pytest_fake import sample_world

    assert json.dumps(sample_world()).count("lengthInMinutes") == 4
