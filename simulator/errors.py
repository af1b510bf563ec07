"""Every error of the simulator, drawn as a tree.

SimulatorError
├── FenceError             code reached for something outside the simulation
├── NodeCrashedError       what was awaited ran on a node that crashed
├── HangError              the code under test does not end: a finding
│   ├── DeadlockError      nothing can run and nothing will
│   └── LivelockError      callbacks run for ever and time stands still
├── HarnessError           the scenario or its limits are wrong: never a pass, never a finding
│   ├── BudgetError        a limit of the run was used up
│   ├── NoChoicePointError the run asked for no choice, so no seed can differ
│   ├── CheckerError       a checker raised instead of judging
│   ├── BackgroundError    a task nobody awaited raised
│   ├── SchedulerError     a scheduler gave an answer that was not asked for
│   └── ReplayDivergedError the code asked another question than the recording answers
├── RecordingError         a file is not a recording of this format
└── PrunedError            the explorer has already covered the rest of this run
"""

from __future__ import annotations


class SimulatorError(Exception):
    """Base of all errors raised by the simulator."""


class FenceError(SimulatorError):
    """Code in a run touched a thread, a socket, a real clock or unseeded entropy.

    Raised at the call site, and remembered by the run even when the code swallows it. Use the
    replacement that the message names.
    """


class NodeCrashedError(SimulatorError):
    """The awaited work ran on a node that crashed. Restart the node, then ask again."""


class HangError(SimulatorError):
    """The code under test does not end. The message says who waits, and for what."""


class DeadlockError(HangError):
    """Nothing is ready, no timer is set and no I/O is pending. The message names every waiting task."""


class LivelockError(HangError):
    """Callbacks keep calling each other while neither time nor I/O moves."""


class HarnessError(SimulatorError):
    """The run says nothing about the code under test. Mend the scenario, or raise the limit named."""


class BudgetError(HarnessError):
    """A limit of the run (steps, virtual seconds, clean-up) was used up before the world ended."""


class NoChoicePointError(HarnessError):
    """Fewer choice points were asked for than `Limits.choice_points_min`: every seed would be the same run."""


class CheckerError(HarnessError):
    """A checker raised. Its judgement is missing, so the run has none."""


class BackgroundError(HarnessError):
    """A task or callback that nobody awaited raised. Await it, or handle the error where it happens."""


class SchedulerError(HarnessError):
    """A scheduler answered outside 0..n-1. Mend the scheduler."""


class ReplayDivergedError(HarnessError):
    """The code asked another question than the recording holds at this place.

    Either the code, a library or Python changed since the recording was made, or the run is not
    deterministic: `simulator.determinism` tells which.
    """


class RecordingError(SimulatorError):
    """The file is not a recording, or of a format this version does not read."""


class PrunedError(SimulatorError):
    """An explorer ends a run early because an equivalent one was seen. Never a verdict."""
