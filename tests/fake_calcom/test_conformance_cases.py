"""The conformance cases that live beside the repository, run against a real port of the fake."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from fake_calcom import FakeCalcom

CASES = Path(__file__).resolve().parents[3] / "shared" / "conformance"
RUNNER = CASES / "run_cases.py"


@pytest.mark.skipif(not RUNNER.exists(), reason=f"the conformance cases are not beside this repository: {CASES}")
async def test_every_conformance_case_passes() -> None:
    async with FakeCalcom() as fake:
        command = (sys.executable, str(RUNNER), "--base-url", fake.url)
        run = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await asyncio.wait_for(run.communicate(), timeout=120)

    assert run.returncode == 0, output.decode()
    assert output.decode().rstrip().endswith(", 0 failed")
