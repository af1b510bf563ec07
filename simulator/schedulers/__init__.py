"""Who answers the questions of a run: one policy a file, one protocol."""

from simulator.schedulers.exhaustive import Exhaustive
from simulator.schedulers.from_list import FromList
from simulator.schedulers.pct import Pct
from simulator.schedulers.plain import Plain
from simulator.schedulers.protocol import SCHEDULE, Question, Scheduler
from simulator.schedulers.replay import Replay
from simulator.schedulers.swarm import FAULTS, Swarm
from simulator.schedulers.uniform import Uniform

__all__ = [
    "FAULTS",
    "SCHEDULE",
    "Exhaustive",
    "FromList",
    "Pct",
    "Plain",
    "Question",
    "Replay",
    "Scheduler",
    "Swarm",
    "Uniform",
]
