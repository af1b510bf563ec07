"""`make mutants`: every planted bug, two at a time, and the score. Exit status 0 only when each one was caught."""

from __future__ import annotations

import argparse
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from scenarios.cli.exit_codes import ExitCode
from scenarios.cli.progress import counting
from scenarios.mutants.catalogue import mutants
from scenarios.mutants.mutant import Check, CommandCheck, Mutant, PytestCheck, mistakes
from scenarios.mutants.runner import Ended
from scenarios.mutants.workshop import Fate, Result, Workshop, workshop

AT_A_TIME = 2
HEALTHY_LIMIT_S = 600.0


def main(wanted: list[str]) -> ExitCode:
    """Run the mutants whose ids hold one of these words; none: all of them."""
    console, root = Console(soft_wrap=True), Path.cwd()
    chosen = tuple(m for m in mutants() if not wanted or any(word in m.id for word in wanted))
    if not chosen:
        console.print(f"no planted bug is called {' or '.join(wanted)}")
        return ExitCode.WRONG_USE
    wrong = list(mistakes(chosen, root))
    if wrong:
        console.print("\n".join(wrong), markup=False)
        return ExitCode.INCONCLUSIVE
    with workshop(root) as shop:
        ailing = unhealthy(shop, chosen)
        if ailing:
            console.print("\n".join(["without any planted bug these fail already:", *ailing]), markup=False)
            return ExitCode.INCONCLUSIVE
        with counting(console, "planted bugs", len(chosen)) as step:
            results = try_all(shop, chosen, step)
    for line in report(results):
        console.print(line, markup=False, highlight=False)
    return ExitCode.AS_EXPECTED if all(r.fate is Fate.KILLED for r in results) else ExitCode.SAFETY_VIOLATED


def unhealthy(shop: Workshop, chosen: tuple[Mutant, ...]) -> list[str]:
    """The checks that fail without a planted bug: they would kill anything."""
    checks: list[Check] = list(dict.fromkeys(mutant.check for mutant in chosen))
    nodes = list(dict.fromkeys(check.node for check in checks if isinstance(check, PytestCheck)))
    failing = []
    if nodes:
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", *nodes]
        ended = shop.runner.run(command, shop.base, HEALTHY_LIMIT_S)
        failing += [_why(f"the tests, {len(nodes)} in one run", ended)] if ended.status != 0 else []
    for check in checks:
        if isinstance(check, CommandCheck):
            ended = shop.runner.run(check.command(), shop.base)
            failing += [_why(check.name, ended)] if ended.status != check.quiet else []
    return failing


def _why(what: str, ended: Ended) -> str:
    told = f"ran out of time after {ended.seconds:.0f} s" if ended.status is None else ended.last_words
    return f"{what}\n{told}"


def try_all(shop: Workshop, chosen: tuple[Mutant, ...], step: object) -> list[Result]:
    """Two at a time; results in the order of the catalogue."""

    def one(mutant: Mutant) -> Result:
        result = shop.try_one(mutant)
        if callable(step):
            step()
        return result

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            return list(pool.map(one, chosen))
        except KeyboardInterrupt:
            shop.runner.stop()  # or the pool would wait for them
            raise


def report(results: list[Result]) -> list[str]:
    """Which check killed which, what survived and with which last words, and the score."""
    lines = [
        f"{r.fate:<9} {r.mutant.id:<44} {r.ended.seconds:5.1f} s  {r.mutant.check.name} ({r.mutant.within})"
        for r in results
    ]
    for result in results:
        if result.fate is not Fate.KILLED:
            lines += ["", f"{result.mutant.id}: {result.fate}: {result.mutant.why}", result.ended.last_words]
    killed = sum(result.fate is Fate.KILLED for result in results)
    return [*lines, "", f"score: {killed} of {len(results)} planted bugs caught ({100 * killed / len(results):.0f} %)"]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the checks under way end with us
    parser = argparse.ArgumentParser(prog="python -m scenarios.mutants", description="Plant bugs and see each caught.")
    parser.add_argument("words", nargs="*", help="only the bugs whose id holds one of these; none: all")
    sys.exit(main(parser.parse_args().words))
