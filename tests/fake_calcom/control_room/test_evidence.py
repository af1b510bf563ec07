"""The ledger stands on tests that exist, and is written from them."""

from __future__ import annotations

from tests.fake_calcom.evidence import CLAIMS, LEDGER, NO, ledger, places_of_tests


def test_every_promise_names_a_test_that_exists() -> None:
    known = places_of_tests()

    missing = [claim.what for claim in CLAIMS if claim.verdict != NO and claim.proof not in known]

    assert missing == []


def test_the_ledger_is_the_one_that_its_table_writes() -> None:
    assert LEDGER.read_text(encoding="utf-8") == ledger(), "run python -m tests.fake_calcom.evidence"
