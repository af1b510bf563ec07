"""`python -m tests.bench [PART ...]`: measure all parts, or those named; exits with 1 when a promise is missed."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from typing import TYPE_CHECKING

import tests.bench
from tests.bench.table import Part, Row, line, missed

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Run the parts in the order of their names."""
    names = [module.name for module in pkgutil.iter_modules(tests.bench.__path__)]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(name for name, _ in _parts(names))}")
    chosen = parser.parse_args().parts
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    rows = [row for name, part in _parts(chosen or names) for row in _show(name, part)]
    bad = missed(rows)
    print(f"\n{len(rows)} figures, {len(bad)} promises missed")  # noqa: T201  the table is the product
    return 1 if bad else 0


def _parts(names: list[str]) -> Iterator[tuple[str, Part]]:
    for name in names:
        part = getattr(importlib.import_module(f"tests.bench.{name}"), "PART", None)
        if isinstance(part, Part):
            yield name, part


def _show(name: str, part: Part) -> Iterator[Row]:
    print(f"\n{part.title} ({name})", flush=True)  # noqa: T201
    for row in part.measure():
        print(line(row), flush=True)  # noqa: T201
        yield row


if __name__ == "__main__":
    sys.exit(main())
