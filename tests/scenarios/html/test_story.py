"""A run's story: moments and messages joined, lost ones shown as such, statements in groups."""

from __future__ import annotations

from datetime import UTC, datetime

from scenarios.observation import Moment
from scenarios.replay import Replay
from scenarios.report.html.documents import callers_of
from scenarios.report.html.messages import read_fault, read_message, read_statement
from scenarios.report.html.steps import CALCOM, GATEWAY, Lane
from scenarios.report.html.story import Material, Story, tell
from simulator.choices import Decision
from simulator.trace import Event

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ERIKA = Lane("call-1", "Erika Erste", "call 1")
ZACHARIAS = Lane("call-2", "Zacharias Zweiter", "call 2")


def http(place_ns: int, route: str, head: str, body: str = "") -> Event:
    raw = f"{head}\r\nContent-Type: application/json\r\n\r\n{body}".encode()
    return Event(place_ns, "http", f"{route}: {raw!r}")


def wish(call_id: str) -> Event:
    body = f'{{"call":{{"call_id":"{call_id}"}}}}'
    return http(0, "retell->gateway.test", "POST /api/retell/collect-appointment HTTP/1.1", body)


def answer(message: str) -> Event:
    return http(0, "gateway.test->retell", "HTTP/1.1 200 OK", f'{{"status":"booked","message":"{message}"}}')


def story_of(*events: Event, moments: tuple[Moment, ...] = (), decisions: tuple[Decision, ...] = ()) -> Story:
    return tell(Material(START, moments, events, decisions, {"call_first": ERIKA, "call_second": ZACHARIAS}))


def told(who: Lane, what: str, place: int) -> Moment:
    return Moment(START, f"{who.name} ({who.id[5:]})", what, place=place)


def test_what_a_caller_says_and_the_message_that_carries_it_are_one_step() -> None:
    story = story_of(wish("call_first"), moments=(told(ERIKA, "wants 09:00", 0),))

    (step,) = story.steps
    assert (step.source, step.target, step.label) == ("call-1", GATEWAY, "wants 09:00")
    assert step.wire == "POST /api/retell/collect-appointment"


def test_an_answer_goes_to_the_caller_who_hears_it_not_to_who_waits_longest() -> None:
    moments = (told(ZACHARIAS, "hears „taken“", 3), told(ERIKA, "hears „yours“", 4))

    story = story_of(wish("call_first"), wish("call_second"), answer("taken"), answer("yours"), moments=moments)

    answers = [(step.target, step.label) for step in story.steps if step.is_answer]
    assert answers == [("call-2", "hears „taken“"), ("call-1", "hears „yours“")]


def test_a_lost_answer_is_a_stub_below_its_request() -> None:
    fault = Event(0, "fault", "gateway->calcom.test: POST /v2/bookings: LoseResponse()")
    request = http(0, "gateway->calcom.test", "POST /v2/bookings HTTP/1.1", "{}")

    story = story_of(fault, request)

    sent, lost = story.steps
    assert not sent.is_lost
    assert (lost.source, lost.target, lost.is_lost, lost.is_answer) == (CALCOM, GATEWAY, True, True)


def test_a_lost_request_is_a_stub_and_nothing_follows() -> None:
    fault = Event(0, "fault", "gateway->calcom.test: POST /v2/bookings: DropRequest()")

    (lost,) = story_of(fault).steps

    assert (lost.source, lost.target, lost.is_lost, lost.is_answer) == (GATEWAY, CALCOM, True, False)


def test_statements_of_one_task_are_one_step_until_another_task_asks() -> None:
    events = [
        Event(0, "io", "gateway#1: sql SELECT calls"),
        Event(0, "sql", "SELECT calls.id FROM calls (1,)", "gateway"),
        Event(0, "io", "gateway#1: sql INSERT calls"),
        Event(0, "sql", "INSERT INTO calls (id) VALUES (?) (1,)", "gateway"),
        Event(0, "io", "gateway#2: sql SELECT calls"),
        Event(0, "sql", "SELECT calls.id FROM calls (2,)", "gateway"),
    ]

    story = story_of(*events)

    assert [step.label for step in story.steps] == ["reads calls · INSERT calls", "reads calls"]


def test_a_statement_that_fails_says_so() -> None:
    text = "INSERT INTO appointments (id) VALUES (?) (1,) -> IntegrityError: UNIQUE constraint failed: appointments.x"

    (step,) = story_of(Event(0, "sql", text, "gateway")).steps

    assert step.tone == "bad"
    assert step.detail == "IntegrityError: UNIQUE constraint failed: appointments.x"


def test_only_decisions_off_plain_order_are_shown() -> None:
    plain = Decision("schedule", "next", 2, 0, ("a", "b"))
    deviating = Decision("schedule", "next", 2, 1, ("a", "b"))
    choices = [Event(0, "choice", "next 0/2 a"), Event(0, "choice", "next 1/2 b")]

    (step,) = story_of(*choices, decisions=(plain, deviating)).steps

    assert (step.kind, step.label, step.tone) == ("order", "b before a", "mark")


def test_without_a_trace_the_moments_tell_the_story_alone(replays: list[Replay]) -> None:
    one = replays[3]

    story = tell(Material(one.scenario.starts_at, one.seen.moments, callers=callers_of(one.scenario, 0)))

    assert [lane.id for lane in story.lanes] == ["call-687", "call-688", GATEWAY, CALCOM]
    assert {step.kind for step in story.steps} == {"message", "verdict", "note", "mail"}


def test_every_moment_is_in_the_story_in_its_order(replays: list[Replay]) -> None:
    for one in replays:
        story = tell(Material(one.scenario.starts_at, one.seen.moments, one.events, (), callers_of(one.scenario, 0)))

        labels = [step.label for step in story.steps]
        for moment in one.seen.moments:
            assert any(moment.what in label for label in labels), moment.what
        instants = [round(step.at_ms) for step in story.steps]
        assert instants == sorted(instants)


def test_a_message_that_is_no_message_is_left_out() -> None:
    assert read_message("a->b: b'rest of a body'") is None
    assert read_message("nonsense") is None


def test_a_statement_with_an_arrow_in_its_values_has_not_failed() -> None:
    statement = read_statement("INSERT INTO notes (text) VALUES (?) ('left -> right')")

    assert statement.error == ""
    assert (statement.verb, statement.table) == ("INSERT", "notes")


def test_a_delay_loses_nothing() -> None:
    fault = read_fault("gateway->calcom.test: GET /v2/slots: DelayResponse(seconds=3.0)")

    assert fault is not None
    assert not fault.is_lost
