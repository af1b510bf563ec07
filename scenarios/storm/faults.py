"""What breaks in a storm: messages on their way, and gateways just before one of their I/Os.

The rules name everything that can happen; each seed's swarm draws which of it exists and how often.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.adapters.http_faults import (
    Answer,
    DelayRequest,
    DelayResponse,
    DropRequest,
    DuplicateRequest,
    HangConnection,
    HttpRule,
    LoseResponse,
    RefuseConnection,
    ResetRequest,
    ResetResponse,
    TruncateResponse,
)
from simulator.node import Node
from simulator.pending import IoPoint
from simulator.simulation import Simulation

RESTART_AFTER_S = 5.0  # what an orchestrator takes to start a dead process again
_ODDS = 0.1  # in a run without a swarm

TO_CALCOM = (
    LoseResponse(),
    DropRequest(),
    ResetRequest(),
    ResetResponse(0.5),
    DelayRequest(25.0),  # longer than a create may take: it arrives when its sender has given up
    DelayResponse(12.0),
    TruncateResponse(),
    Answer(500, after_commit=True),
    Answer(503),
    Answer(429, retry_after_s=2),
)
TO_GATEWAY = (LoseResponse(), DropRequest(), ResetResponse(), DelayRequest(40.0), DuplicateRequest(1.0), Answer(502))
OF_WEBHOOKS = (DuplicateRequest(5.0), DropRequest(), DelayRequest(90.0), LoseResponse())


def http_rules() -> list[HttpRule]:
    """Everything that can happen to a message. `times` bounds how long a storm lasts."""
    return [
        HttpRule((RefuseConnection(), HangConnection()), client="gateway*", odds=_ODDS, times=4),
        HttpRule(TO_CALCOM, client="gateway*", server="calcom.test", odds=_ODDS, times=8),
        HttpRule(TO_GATEWAY, client="retell", odds=_ODDS, times=6),
        HttpRule(OF_WEBHOOKS, client="calcom", odds=_ODDS, times=4),
    ]


@dataclass(slots=True)
class CrashBefore:
    """A node's one crash, just before its I/O of that number (from 1) completes; it restarts by itself.

    Asking at every I/O whether to crash would be one decision each; the number of the I/O is one in all.
    """

    simulation: Simulation
    node: Node
    io_number: int
    _seen: int = 0

    def start(self) -> None:
        """From now on count."""
        if self.io_number:
            self.simulation.loop.before_step.append(self._look)

    def heal(self) -> None:
        """Crash no more, and be up again."""
        steps = self.simulation.loop.before_step
        if self._look in steps:
            steps.remove(self._look)
        if not self.node.alive:
            self.node.restart()

    def _look(self, point: IoPoint) -> None:
        if point.incarnation is None or point.incarnation.node is not self.node:
            return
        self._seen += 1
        if self._seen == self.io_number:
            self.simulation.reach("a gateway crashed")
            self.node.crash()
            self.simulation.loop.call_later(RESTART_AFTER_S, self._up_again)

    def _up_again(self) -> None:
        if not self.node.alive:
            self.node.restart()
