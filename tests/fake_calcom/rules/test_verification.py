"""The code from a booker's mail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fake_calcom.rules.verification import STEP_MS, code_of, is_valid_code

NOW_MS = 1_759_737_600_000


@given(st.emails(), st.integers(0, 2 * STEP_MS))
def test_a_code_is_six_digits_and_good_for_its_quarter_of_an_hour_and_the_next(email: str, later_ms: int) -> None:
    code = code_of(email, NOW_MS)

    assert len(code) == 6
    assert code.isdigit()
    assert is_valid_code(email, code, NOW_MS + later_ms) is (later_ms < 2 * STEP_MS - NOW_MS % STEP_MS)


def test_a_code_belongs_to_its_address() -> None:
    codes = {code_of(f"{number}@example.com", NOW_MS) for number in range(50)}

    assert len(codes) > 45
    assert not is_valid_code("ada@example.com", code_of("Ada@example.com", NOW_MS), NOW_MS)


@given(st.text(max_size=8))
def test_what_is_no_code_is_refused_whatever_it_is(text: str) -> None:
    assert not is_valid_code("ada@example.com", text, NOW_MS) or text == code_of("ada@example.com", NOW_MS)
