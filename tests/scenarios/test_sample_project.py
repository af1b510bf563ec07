"""The sample project under `examples/`, as its reader runs it: a copy, a new venv, the wheel, the README's words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "clinic"
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PINNED = re.compile(r"^([A-Za-z0-9._-]+==[^ \\]+(?: ;[^\\]+)?)", re.MULTILINE)
STEP_S = 300  # an index may be slow; on a quiet machine all of it takes half a minute
FROM_OUTSIDE = ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "VIRTUAL_ENV")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the project, far from this repository."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    return Path(shutil.copytree(SAMPLE, tmp_path / "clinic", ignore=ignored))


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel of the tree as it is."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=STEP_S)
    [built] = tmp_path.glob("*.whl")
    return built


@pytest.fixture
def constraints(tmp_path: Path) -> Path:
    """The locked versions without their hashes, which a wheel built here cannot have."""
    path = tmp_path / "constraints.txt"
    locked = (ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    path.write_text("\n".join(PINNED.findall(locked)), encoding="utf-8")
    return path


def run(line: str, cwd: Path, constraints: Path) -> str:
    """Run one line of a shell as somebody who has nothing but Python; what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    environment |= {"PIP_CONSTRAINT": str(constraints), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    ended = subprocess.run(
        ["sh", "-c", line], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=STEP_S
    )
    assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def test_the_sample_project_passes_from_the_wheel_by_the_words_of_its_readme(
    sample: Path, wheel: Path, constraints: Path
) -> None:
    [block] = COMMANDS.findall((sample / "README.md").read_text(encoding="utf-8"))
    meant = {"python3": sys.executable, "slotproof": str(wheel)}  # at once: either path may hold the other word
    make, install, test = re.sub("|".join(meant), lambda word: meant[word[0]], block).splitlines()

    run(make, sample, constraints)
    run(install, sample, constraints)
    told = run(test, sample, constraints)

    assert "8 passed" in told
    assert "createBooking  never met" in told
