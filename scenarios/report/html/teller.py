"""Makes steps of moments and events, one after another, and joins those that speak of the same message."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from scenarios.observation import NO_ANSWER, Moment
from scenarios.report.html.messages import LostMessage, Message, read_fault, read_message
from scenarios.report.html.statements import Statements
from scenarios.report.html.steps import CALCOM, DATABASE, ORDER, Step
from simulator.choices import Decision
from simulator.trace import Event

_CALLER = re.compile(r"(.+) \((\d+)\)")
_AGENT = "retell"  # the host from which every caller's words come
_HEARD = ("hears", "has hung up")
_STATUS = re.compile(r"(?:answers|refuses with) (\d{3})")
_PLAN = "plan"  # the decisions about who calls and what for
_OF_THE_RUN = {"net", "nemesis", "phase"}  # kinds of events that concern all


def caller_of(who: str) -> tuple[str, str] | None:
    """Lane and name of `Hans Schuster (688)`; None when a moment is nobody's call."""
    match = _CALLER.fullmatch(who)
    return None if match is None else (f"call-{match[2]}", match[1])


class Teller:
    """One run's. `calls` gives the lane of each Retell call id; `starts_ms` is the gateway's clock at the start."""

    def __init__(
        self, starts_ms: float, calls: Mapping[str, str], moments: Sequence[Moment], decisions: Sequence[Decision]
    ) -> None:
        self._starts_ms = starts_ms
        self._calls = calls
        self._unheard = deque(moment for moment in moments if moment.what.startswith(_HEARD))
        self._decisions = iter(decisions)
        self._statements = Statements()
        self._steps: list[Step] = []
        self._wishes: defaultdict[str, deque[Step]] = defaultdict(deque)  # said, not yet on the wire
        self._asked: list[tuple[str, str]] = []  # lane and gateway of each request that is not answered yet
        self._answers: defaultdict[str, deque[Step]] = defaultdict(deque)  # on the wire, not yet heard
        self._from_calcom: list[Step] = []  # answers that no moment has spoken of
        self._lost_answers: list[LostMessage] = []

    def finish(self) -> list[Step]:
        """All steps, when nothing more happens."""
        self._flush()
        return self._steps

    def moment(self, moment: Moment) -> None:
        """One line of the timeline."""
        at_ms = moment.at.timestamp() * 1000
        caller = caller_of(moment.who)
        if caller is not None:
            self._of_caller(caller[0], moment, at_ms)
        elif moment.who.startswith("layer"):
            label = f"{moment.who}: {moment.what}"
            self._add(Step("verdict", at_ms, moment.gateway, label, detail=moment.detail, tone=moment.tone))
        elif moment.who == "Cal.com":
            self._of_calcom(moment, at_ms)
        else:
            lane = DATABASE if moment.who == "database" else moment.gateway
            self._add(Step("note", at_ms, lane, moment.what, detail=moment.detail, tone=moment.tone))

    def event(self, event: Event) -> None:
        """One event of the trace."""
        at_ms = self._starts_ms + event.time_ns / 1e6
        match event.kind:
            case "http":
                message = read_message(event.text)
                if message is not None:
                    self._message(message, at_ms)
            case "sql":
                self._statement(event, at_ms)
            case "io":
                self._statements.next_task(event.text)
            case "fault":
                self._fault(event.text, at_ms)
            case "choice":
                self._choice(at_ms)
            case "node":
                name, _, what = event.text.partition(" ")
                self._add(Step("note", at_ms, _lane(name), f"{name} {what}", tone="bad"))
            case kind if kind in _OF_THE_RUN:
                self._add(Step("order", at_ms, ORDER, event.text, tone="bad"))

    def _of_caller(self, lane: str, moment: Moment, at_ms: float) -> None:
        if moment.what == NO_ANSWER:
            self._add(Step("note", at_ms, lane, moment.what, detail=moment.detail, tone=moment.tone))
            self._forget(lane, moment.gateway)
            self._wishes[lane].clear()  # what was said never got on the wire
            return
        if not moment.what.startswith(_HEARD):
            wish = Step("message", at_ms, lane, moment.what, moment.gateway, moment.detail, moment.tone)
            self._wishes[lane].append(self._add(wish))
            return
        if self._unheard and self._unheard[0] is moment:
            self._unheard.popleft()
        answer = self._heard(lane, moment)
        if answer is None:
            answer = self._add(Step("message", at_ms, moment.gateway, "", lane, is_answer=True))
        answer.label, answer.detail, answer.tone = moment.what, moment.detail, moment.tone

    def _heard(self, lane: str, moment: Moment) -> Step | None:
        """The answer on the wire whose words the caller heard, else the oldest one."""
        waiting = self._answers[lane]
        said = moment.what.partition("„")[2].removesuffix("“")
        answer = next((step for step in waiting if said and said in step.body), waiting[0] if waiting else None)
        if answer is not None:
            waiting.remove(answer)
        return answer

    def _forget(self, lane: str, gateway: str) -> None:
        """Nobody waits for that answer any more."""
        if (lane, gateway) in self._asked:
            self._asked.remove((lane, gateway))

    def _of_calcom(self, moment: Moment, at_ms: float) -> None:
        status = _STATUS.match(moment.what)
        if status is None:
            kind = "mail" if moment.what.startswith("mails") else "note"
            self._add(Step(kind, at_ms, CALCOM, moment.what, detail=moment.detail, tone=moment.tone))
            return
        meant = [s for s in self._from_calcom if s.wire.startswith(status[1]) and s.target == moment.gateway]
        uid = moment.what.rpartition(" ")[2]
        answer = next((step for step in meant if uid in step.body), meant[0] if meant else None)
        if answer is None:
            answer = self._add(Step("message", at_ms, CALCOM, "", moment.gateway, is_answer=True))
        else:
            self._from_calcom.remove(answer)
        answer.label, answer.detail, answer.tone = moment.what, moment.detail, moment.tone

    def _message(self, message: Message, at_ms: float) -> None:
        source, target = _lane(message.source), _lane(message.target)
        if {source, target} == {_AGENT, CALCOM}:  # the report's own look at what is left
            return
        if source == _AGENT and not message.is_answer:
            self._wish_sent(message, target, at_ms)
        elif target == _AGENT and message.is_answer:
            self._answer_sent(message, source, at_ms)
        else:
            step = self._add(_plain(message, at_ms, source, target))
            if source == CALCOM and message.is_answer:
                self._from_calcom.append(step)
        self._lose_answer(message, source, target, at_ms)

    def _wish_sent(self, message: Message, gateway: str, at_ms: float) -> None:
        lane = self._lane_of(message)
        self._asked.append((lane, gateway))
        if self._wishes[lane]:
            wish = self._wishes[lane].popleft()
            wish.wire, wish.body = message.words, message.shown_body
        else:
            self._add(_plain(message, at_ms, lane, gateway))

    def _answer_sent(self, message: Message, gateway: str, at_ms: float) -> None:
        lane = self._addressee(message, gateway)
        self._forget(lane, gateway)
        step = self._add(_plain(message, at_ms, gateway, lane))
        if isinstance(message.body, dict) and "status" in message.body:  # an answer that somebody hears
            self._answers[lane].append(step)

    def _addressee(self, message: Message, gateway: str) -> str:
        """Answers carry no call id: the next caller who hears these words, else the one who waits longest."""
        said = message.body.get("message") if isinstance(message.body, dict) else None
        waiting = [lane for lane, asked in self._asked if asked == gateway]
        for moment in self._unheard if said else ():
            caller = caller_of(moment.who)
            if caller is not None and caller[0] in waiting and f"„{said}“" in moment.what:
                return caller[0]
        unsent = (lane for lane, wishes in self._wishes.items() if wishes and wishes[0].target == gateway)
        return waiting[0] if waiting else next(unsent, _AGENT)

    def _lane_of(self, message: Message) -> str:
        call = message.body.get("call") if isinstance(message.body, dict) else None
        call_id = call.get("call_id") if isinstance(call, dict) else None
        return self._calls.get(str(call_id), _AGENT)

    def _statement(self, event: Event, at_ms: float) -> None:
        if not event.node:  # the report's own look at what is left
            return
        finished = self._statements.add(event.text, _lane(event.node), at_ms)
        if finished is not None:
            self._steps.append(finished)

    def _fault(self, text: str, at_ms: float) -> None:
        lost = read_fault(text)
        if lost is None or not lost.is_lost:
            self._add(Step("order", at_ms, ORDER, text, tone="bad"))
        elif lost.is_answer:
            self._lost_answers.append(lost)
        else:
            self._lose_request(lost, at_ms)

    def _lose_request(self, lost: LostMessage, at_ms: float) -> None:
        source, target = _lane(lost.client), _lane(lost.server)
        step = Step("message", at_ms, source, f"{lost.request} is lost", target, lost.fault, "bad", is_lost=True)
        said = [wishes for wishes in self._wishes.values() if wishes and wishes[0].target == target]
        if source == _AGENT and said:
            wish = min(said, key=lambda wishes: wishes[0].at_ms).popleft()
            wish.is_lost, wish.tone, wish.detail = True, "bad", f"lost: {lost.fault}"
        else:
            self._add(step)

    def _lose_answer(self, message: Message, source: str, target: str, at_ms: float) -> None:
        """The answer to this request will not arrive: it is drawn as a stub below the request."""
        for lost in self._lost_answers:
            if message.words == lost.request and _lane(lost.server) == target:
                self._lost_answers.remove(lost)
                back = self._asked.pop()[0] if source == _AGENT and self._asked else source
                label = f"the answer to {lost.request} is lost"
                self._add(Step("message", at_ms, target, label, back, lost.fault, "bad", is_lost=True, is_answer=True))
                return

    def _choice(self, at_ms: float) -> None:
        decision = next(self._decisions, None)
        if decision is None or not decision.chosen:
            return
        instead = f" before {decision.options[0]}" if decision.options and decision.stream == "schedule" else ""
        about = f"{decision.label}: " if decision.stream == _PLAN else ""
        label = f"{about}{decision.option}{instead}"
        self._add(Step("order", at_ms, ORDER, label, detail=decision.label, tone="mark"))

    def _add(self, step: Step) -> Step:
        self._flush()
        self._steps.append(step)
        return step

    def _flush(self) -> None:
        finished = self._statements.flush()
        if finished is not None:
            self._steps.append(finished)


def _lane(host: str) -> str:
    """A host and the node behind it are one lane; a copy that the network made comes from whom the message came."""
    return host.removesuffix(" (again)").removesuffix(".test")


def _plain(message: Message, at_ms: float, source: str, target: str) -> Step:
    return Step(
        kind="message",
        at_ms=at_ms,
        source=source,
        target=target,
        label=_label(message),
        tone="quiet" if message.is_answer else "plain",
        is_answer=message.is_answer,
        wire=message.words,
        body=message.shown_body,
    )


def _label(message: Message) -> str:
    """A create request says as whom it books: the shared e-mail is the root of both incidents."""
    attendee = message.body.get("attendee") if isinstance(message.body, dict) and not message.is_answer else None
    email = attendee.get("email") if isinstance(attendee, dict) else None
    return f"{message.words} as {email}" if email else message.words
