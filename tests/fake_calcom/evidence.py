"""The evidence ledger: what may be tested against the fake, and the test that proves each line.

`python -m tests.fake_calcom.evidence` writes `fake_calcom/EVIDENCE.md`; a test fails when a proof is gone.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
LEDGER = TESTS.parents[1] / "fake_calcom" / "EVIDENCE.md"
YES, WITH_CARE, NO = "yes", "with care", "no"


@dataclass(slots=True, frozen=True)
class Claim:
    """One line: what somebody wants to test, whether the fake will do for it, why, and the test that shows it."""

    what: str
    verdict: str
    why: str
    proof: str = ""


CLAIMS = (
    Claim(
        "A repeat of a create on a round-robin type",
        YES,
        "the look-up compares event type, start, e-mail and (if sent) phone, and nothing else",
        "test_a_repeat_on_a_round_robin_type_compares_email_and_phone_only",
    ),
    Claim(
        "What the second request of such a repeat loses",
        YES,
        "the first booking comes back whole: its metadata, its name, its createdAt",
        "test_a_hit_returns_the_first_booking_whole_and_drops_the_second_request",
    ),
    Claim("A repeat on a plain type", YES, "400, as upstream", "test_a_plain_type_refuses_an_identical_repeat"),
    Claim(
        "The same repeat in other years",
        YES,
        "generations differ in look-up and unique key",
        "test_each_generation_answers_a_repeat_in_its_own_way",
    ),
    Claim(
        "A retry after a lost answer",
        YES,
        "the booking is committed, the answer is really lost on the wire, and the journal knows the repeat",
        "test_a_lost_answer_is_lost_and_what_was_committed_stays",
    ),
    Claim(
        "A retry that books twice",
        YES,
        "the journal names both bookings",
        "test_a_retry_that_books_a_second_time_is_a_duplicate_effect",
    ),
    Claim(
        "Two creates that race",
        YES,
        "the window between check and INSERT is unlocked as upstream; a barrier makes them meet",
        "test_two_overlapping_unequal_starts_both_book_when_they_race",
    ),
    Claim(
        "How often such a race happens in production",
        NO,
        "the window's length here is one turn of a loop, upstream's is a database's",
    ),
    Claim(
        "Error bodies", YES, "both shapes, in the upstream sentences", "test_a_refusal_has_its_status_code_and_sentence"
    ),
    Claim(
        "Which of several mistakes is told first",
        WITH_CARE,
        "the order of upstream's checks is kept where its source shows it",
        "test_the_lookup_comes_before_notice_and_past",
    ),
    Claim(
        "The rate limit and its headers",
        YES,
        "120 in 60 s, a minute's block, no Retry-After",
        "test_the_limit_counts_down_blocks_for_a_minute_and_starts_over",
    ),
    Claim(
        "Slots of ordinary schedules", YES, "every slot on offer can be booked", "test_every_slot_offered_can_be_booked"
    ),
    Claim(
        "Slots beside connected calendars",
        NO,
        "no calendar is connected: only the fake's own bookings make somebody busy",
    ),
    Claim(
        "The two seconds for which slots are remembered",
        YES,
        "on the fake's clock",
        "test_a_booked_slot_is_still_offered_for_two_seconds",
    ),
    Claim(
        "Reservations",
        YES,
        "they hide a slot until they run out and stop nobody",
        "test_a_reservation_hides_the_slot_until_it_runs_out_and_protects_nothing",
    ),
    Claim(
        "Signatures of webhooks",
        YES,
        "over the exact bytes",
        "test_a_webhook_is_signed_over_its_exact_bytes",
    ),
    Claim(
        "Webhooks late, twice, lost or out of order",
        YES,
        "by the fault plan, on the fake's clock",
        "test_mischief_with_webhooks",
    ),
    Claim(
        "Whether production repeats a webhook that failed",
        NO,
        "unknown for the hosted service; the fake never does by itself",
    ),
    Claim(
        "Round-robin turns",
        WITH_CARE,
        "priority, then least recently booked; host weights are not used",
        "test_hosts_take_turns_by_least_recent_booking",
    ),
    Claim(
        "Collective types that are partly busy",
        WITH_CARE,
        "the raw 500 is read from upstream's source, no upstream test covers it",
        "test_a_collective_type_fails_differently_when_some_and_when_all_are_busy",
    ),
    Claim(
        "Seats", YES, "two shapes of refusal", "test_the_same_person_twice_and_one_too_many_fail_in_different_shapes"
    ),
    Claim(
        "A malformed e-mail",
        WITH_CARE,
        "refused in the core schema's words, derived from upstream's source",
        "test_these_are_not",
    ),
    Claim(
        "Which host is next",
        YES,
        "weights, then priority, then who was booked least recently; no-shows do not count",
        "test_weighted_hosts_get_their_share_of_the_month_and_the_next_month_begins_anew",
    ),
    Claim(
        "A weighted host who joined within the month",
        NO,
        "the fake's hosts have always been there: none is calibrated",
    ),
    Claim(
        "A blocked booker",
        YES,
        "the deployment's list, before the look-up",
        "test_a_blocked_address_books_nothing_in_whatever_spelling",
    ),
    Claim(
        "A booker whose e-mail must be verified",
        YES,
        "no code, a wrong one, an old one; the control door gives the right one",
        "test_an_address_that_must_be_verified_needs_the_code_from_its_mail",
    ),
    Claim("Payments", NO, "an unpaid booking is pending; nothing ever pays it"),
    Claim(
        "Time-outs and latency figures", NO, "the fake answers in a fraction of a millisecond; delays are yours to set"
    ),
    Claim(
        "That one seed gives one history",
        YES,
        "journals of equal sessions are byte-equal",
        "test_equal_seeds_give_equal_journals",
    ),
    Claim(
        "That a refusal changes nothing",
        YES,
        "for arbitrary requests of the contract",
        "test_no_request_surprises_and_no_refusal_changes_anything",
    ),
)


def places_of_tests() -> dict[str, Path]:
    """Return where each test of the fake is."""
    found: dict[str, Path] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                found[node.name] = path
    return found


def ledger() -> str:
    """Return the ledger as Markdown. There is no single score: each line stands for itself."""
    places = places_of_tests()
    lines = [
        "# What may be tested against the fake",
        "",
        "Written by `python -m tests.fake_calcom.evidence`; do not edit. A line without a proof says what the fake is",
        "no evidence for.",
        "",
        "| you want to test | may you | because | proved by |",
        "|---|---|---|---|",
    ]
    for claim in CLAIMS:
        place = places[claim.proof].relative_to(TESTS.parents[1]) if claim.proof else None
        proof = f"`{place}::{claim.proof}`" if place else ""
        lines.append(f"| {claim.what} | {claim.verdict} | {claim.why} | {proof} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    LEDGER.write_text(ledger(), encoding="utf-8")
