"""What may go wrong with an HTTP exchange, and the rules that say when.

The faults know what HTTP means: a request lost before the server saw it and an answer lost after the server
committed look the same to the caller and are opposites to the truth. Rules are tried in order and the first
that hits decides; whether one with `odds` hits is a choice on the stream "faults", so that it shrinks, is
enumerated and is replayed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from simulator.schedulers.protocol import Question
from simulator.schedulers.swarm import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.choices import Choices


@dataclass(frozen=True, slots=True)
class RefuseConnection:
    """Nobody listens: the caller sees ECONNREFUSED at once."""


@dataclass(frozen=True, slots=True)
class HangConnection:
    """The connection is never established: the caller's own time-out ends it."""


@dataclass(frozen=True, slots=True)
class DropRequest:
    """The request never arrives and nobody is told. Not committed."""


@dataclass(frozen=True, slots=True)
class ResetRequest:
    """The connection is reset before the request arrives. Not committed."""


@dataclass(frozen=True, slots=True)
class DelayRequest:
    """The request is on its way for so many seconds; a caller may give up before it arrives. Committed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DuplicateRequest:
    """The same request arrives a second time, `after_s` later, on another connection. Committed twice
    unless repeated requests are recognised."""

    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Something on the way answers in the server's place.

    With `after_commit` the server does its work first and only its answer is replaced ("500 after commit").
    """

    status: int
    body: bytes = b'{"error":"injected"}'
    retry_after_s: int | None = None
    after_commit: bool = False


@dataclass(frozen=True, slots=True)
class LoseResponse:
    """The server commits; its answer never arrives and nobody is told."""


@dataclass(frozen=True, slots=True)
class ResetResponse:
    """The server commits; the connection is reset after `share` (0 to 1) of the answer's bytes."""

    share: float = 0.0


@dataclass(frozen=True, slots=True)
class TruncateResponse:
    """The server commits; the connection is closed in good order with the last quarter of the answer missing."""


@dataclass(frozen=True, slots=True)
class GarbleResponse:
    """The server commits; the body arrives in full length and is nonsense."""


@dataclass(frozen=True, slots=True)
class DelayResponse:
    """The server commits; the answer is on its way for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SlowBody:
    """The server commits; the body trickles: `piece_bytes` every `pause_s` seconds."""

    piece_bytes: int = 8
    pause_s: float = 1.0


ConnectionFate = RefuseConnection | HangConnection
RequestFate = DropRequest | ResetRequest | DelayRequest | DuplicateRequest
ResponseFate = LoseResponse | ResetResponse | TruncateResponse | GarbleResponse | DelayResponse | SlowBody
Fate = ConnectionFate | RequestFate | ResponseFate | Answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a rule looks at: who asks whom for what."""

    client: str
    server: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.client}->{self.server}: {self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class HttpRule:
    """Which exchanges are hit, and what may become of them.

    `client`, `server`, `method`, `path` are patterns as of `fnmatch`. `nth` hits only the nth exchange that
    matches (from 1), `times` at most so many. Without `odds` the rule hits whenever it matches; with odds
    it is a choice, and odds say how likely in a random run. Several fates are alternatives, and which one
    is a choice.
    """

    fates: tuple[Fate, ...]
    client: str = "*"
    server: str = "*"
    method: str = "*"
    path: str = "*"
    nth: int | None = None
    times: int | None = None
    odds: float | None = None

    def __post_init__(self) -> None:
        if not self.fates:
            raise ValueError("HttpRule: fates is empty; give at least one")
        if len({isinstance(fate, ConnectionFate) for fate in self.fates}) > 1:
            raise ValueError("HttpRule: fates of a connection and of a message need a rule each")

    @property
    def on_connection(self) -> bool:
        """True when it judges connections, False when it judges requests."""
        return isinstance(self.fates[0], ConnectionFate)

    def covers(self, exchange: Exchange) -> bool:
        """Whether the exchange fits the four patterns."""
        return (
            fnmatchcase(exchange.client, self.client)
            and fnmatchcase(exchange.server, self.server)
            and fnmatchcase(exchange.method, self.method)
            and fnmatchcase(exchange.path, self.path)
        )


@dataclass(slots=True)
class RuleCount:
    """How often a rule's patterns matched and how often it hit."""

    rule: HttpRule
    matched: int = 0
    hits: int = 0


@dataclass(slots=True)
class HttpFaults:
    """A run's list of rules with their counts; a rule that never hit is a scenario that tested nothing."""

    counts: list[RuleCount] = field(default_factory=list)

    @classmethod
    def of(cls, rules: Sequence[HttpRule]) -> HttpFaults:
        """Fresh counts for these rules, in this order."""
        return cls([RuleCount(rule) for rule in rules])

    def judge(self, exchange: Exchange, choices: Choices | None, *, on_connection: bool = False) -> Fate | None:
        """The fate of a connection or of a request; None when it passes.

        Without choices (on a stock loop) a rule with odds never hits.
        """
        for count in self.counts:
            rule = count.rule
            if rule.on_connection is not on_connection or not rule.covers(exchange):
                continue
            count.matched += 1
            if (rule.nth or count.matched) != count.matched or count.hits == rule.times:
                continue
            fate = _choose(rule, exchange, choices)
            if fate is not None:
                count.hits += 1
                return fate
        return None


def _choose(rule: HttpRule, exchange: Exchange, choices: Choices | None) -> Fate | None:
    if choices is None:
        return rule.fates[0] if rule.odds is None else None
    fates: tuple[Fate | None, ...] = rule.fates if rule.odds is None else (None, *rule.fates)
    options = tuple("pass" if fate is None else repr(fate) for fate in fates)
    question = Question(FAULTS, str(exchange), len(fates), options, odds=rule.odds)
    return fates[choices.ask(question)] if len(fates) > 1 else fates[0]
