"""The document about faithfulness says what the table of routes serves."""

from __future__ import annotations

from pathlib import Path

import fake_calcom
from fake_calcom.fidelity import ORIGINS, document
from fake_calcom.openapi.operations import OPERATIONS
from fake_calcom.routes import ROUTES

COMMITTED = Path(fake_calcom.__file__).parent / "FIDELITY.md"


def test_every_operation_says_what_it_was_read_from_and_no_other_does() -> None:
    served = {route.operation for route in ROUTES}

    assert set(ORIGINS) == served == set(OPERATIONS)
    assert [operation for operation, origin in ORIGINS.items() if not origin.source] == []


def test_the_committed_document_is_the_generated_one() -> None:
    advice = "python -m fake_calcom.fidelity > fake_calcom/FIDELITY.md"

    assert COMMITTED.read_text(encoding="utf-8") == document(), advice


def test_a_line_names_path_versions_credentials_and_statuses() -> None:
    [line] = [line for line in document().splitlines() if "| createBooking |" in line]

    assert line.startswith("| POST `/v2/bookings` | createBooking | 2024-08-13, 2026-02-25 | optional | 201, 403, ")
