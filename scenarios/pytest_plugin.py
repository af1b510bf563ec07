"""The pytest plug-in: fixtures and markers for a project that integrates Cal.com.

Nothing heavy is imported until a test asks for it: a project that has the package installed and does not use it
pays for this file alone.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_calcom.coverage import Coverage
    from scenarios.pytest_fake import ClockHandle, RunningFake
    from scenarios.pytest_thread import LoopThread

MARKER = "simulated_seeds"
SEEDS_MAX = 1_000_000
WORKER_KEY = "slotproof_met"
_MET = pytest.StashKey["Coverage"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line."""
    group = parser.getgroup("slotproof")
    group.addoption(
        "--simulated-seed", type=int, metavar="SEED", help=f"run tests marked {MARKER} under this seed alone"
    )
    group.addoption(
        "--calcom-gaps", action="store_true", help="tell what of the fake Cal.com the tests never met, in full"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(n): run this async test under the simulator, in plain order and under n seeds; its fixtures "
        "`simulation` and `simulated_calcom` belong to one run each",
    )


# -- the fake on a port


@pytest.fixture(scope="session")
def _calcom_thread() -> Iterator[LoopThread]:
    from scenarios.pytest_thread import LoopThread

    with LoopThread() as thread:
        yield thread


@pytest.fixture
def fake_calcom(_calcom_thread: LoopThread, request: pytest.FixtureRequest) -> Iterator[RunningFake]:
    """A fake Cal.com on loopback, fresh for this test: `url`, `world()`, `clock`, `faults`, `journal`, `emails`.

    It serves blocking and async clients alike: it lives in a thread of its own.
    """
    from scenarios.pytest_fake import RunningFake

    running = RunningFake(_calcom_thread)
    running.start()
    yield running
    running.stop()
    _met(request.config).add(running.coverage)


@pytest.fixture
def calcom_clock(fake_calcom: RunningFake) -> ClockHandle:
    """The clock of `fake_calcom`: frozen until the test moves it."""
    return fake_calcom.clock


# -- many seeds


@pytest.fixture
def simulation(request: pytest.FixtureRequest) -> Any:
    """The simulation of the run at hand, in a test marked `simulated_seeds(n)`."""
    return _only_marked(request)


@pytest.fixture
def simulated_calcom(request: pytest.FixtureRequest) -> Any:
    """Opens a fake in the run at hand: `async with simulated_calcom(world) as calcom`, then `calcom.session()`."""
    return _only_marked(request)


def _only_marked(request: pytest.FixtureRequest) -> None:
    """Stand in for what each run is given; UsageError where there are no runs."""
    if request.node.get_closest_marker(MARKER) is None:
        raise pytest.UsageError(f"{request.fixturename} belongs to tests marked @pytest.mark.{MARKER}(n)")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a marked test under its seeds, in place of whoever runs async tests here."""
    marker = pyfuncitem.get_closest_marker(MARKER)
    if marker is None:
        return None
    seeds = _seeds(marker, pyfuncitem.config.getoption("--simulated-seed"))
    function = inspect.unwrap(pyfuncitem.obj)
    if not inspect.iscoroutinefunction(function):
        raise pytest.UsageError(f"{pyfuncitem.nodeid}: {MARKER} marks async tests, this one is not")
    from functools import partial

    from scenarios.pytest_seeds import first_failure

    failed = first_failure(partial(_run_once, function, _arguments(pyfuncitem)), seeds)
    if failed is None:
        return True
    told, error = failed.told(pyfuncitem.nodeid), failed.result.error
    if error is None or not _passed_through(error, function):
        pytest.fail(told, pytrace=False)
    error.add_note(told)
    raise error


def _passed_through(error: BaseException, function: Any) -> bool:
    """Whether the error came up through the test, so that its traceback shows a line of it."""
    from traceback import walk_tb

    return any(frame.f_code is function.__code__ for frame, _ in walk_tb(error.__traceback__))


def _arguments(item: pytest.Function) -> dict[str, Any]:
    """What the test asked for by name."""
    return {name: item.funcargs[name] for name in item._fixtureinfo.argnames}  # noqa: SLF001 - as pytest's own call


async def _run_once(function: Any, arguments: dict[str, Any], simulation: Any) -> None:
    """The test once, with the things that belong to this run."""
    given = dict(arguments)
    if "simulation" in given:
        given["simulation"] = simulation
    if "simulated_calcom" in given:
        from functools import partial

        from scenarios.pytest_simulated import simulated_calcom

        given["simulated_calcom"] = partial(simulated_calcom, simulation)
    await function(**given)


def _seeds(marker: pytest.Mark, only: int | None) -> range:
    count = marker.args[0] if len(marker.args) == 1 and not marker.kwargs else None
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= SEEDS_MAX:
        raise pytest.UsageError(f"@pytest.mark.{MARKER}(n): expected one number of seeds, 1 to {SEEDS_MAX}")
    return range(count) if only is None else range(only, only + 1)


# -- what the suite never met


def _met(config: pytest.Config) -> Coverage:
    from fake_calcom.coverage import Coverage

    return config.stash.setdefault(_MET, Coverage())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker of pytest-xdist has met to whoever sums up."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None and _MET in session.config.stash:
        output[WORKER_KEY] = [[*cell, count] for cell, count in session.config.stash[_MET].met.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of pytest-xdist has met."""
    cells = (getattr(node, "workeroutput", None) or {}).get(WORKER_KEY)
    if cells:
        from fake_calcom.coverage import Meeting

        _met(node.config).met.update({Meeting(*cell): count for *cell, count in cells})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what of the fake the suite never met."""
    if _MET not in config.stash or config.get_verbosity() < 0:
        return
    from scenarios.pytest_gaps import gap_lines

    lines = gap_lines(config.stash[_MET], in_full=config.getoption("--calcom-gaps"))
    if lines:
        terminalreporter.section("fake Cal.com: what these tests never met")
        for line in lines:
            terminalreporter.write_line(line)
