"""Bugs in the four layers: comparisons, order, missing values, and what is done with their word."""

from __future__ import annotations

from scenarios.mutants.mutant import CommandCheck, Mutant, PytestCheck

_FRESHNESS = "booking_core/defences/freshness.py"
_IDENTITY = "booking_core/defences/call_identity.py"
_JUDGE = "booking_core/service/layer_judge.py"


def mutants() -> tuple[Mutant, ...]:
    """Each layer alone, then how they are run."""
    return (*_freshness(), *_identity(), *_rows(), *_judging())


def _named(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/test_named_layers.py::{test}")


def _property(test: str) -> PytestCheck:
    return PytestCheck(f"tests/booking_core/defences/test_layers_property.py::{test}")


def _freshness() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "freshness-refuses-the-boundary",
            _FRESHNESS,
            "stale = age_s > settings.threshold_s",
            "stale = age_s >= settings.threshold_s",
            "exactly 30 s old is fresh; only older is stale",
            _named("test_accepts_booking_at_30_second_boundary"),
        ),
        Mutant(
            "freshness-takes-the-absolute-age",
            _FRESHNESS,
            "stale = age_s > settings.threshold_s",
            "stale = abs(age_s) > settings.threshold_s",
            "with Cal.com's clock ahead every new booking would be called old",
            _property("test_the_future_passes_and_only_beyond_the_tolerated_skew_is_suspicious"),
            "200 examples",
        ),
        Mutant(
            "freshness-counts-backwards",
            _FRESHNESS,
            "(now - booking.created_at)",
            "(booking.created_at - now)",
            "an old answer looks as if it came from the future",
            CommandCheck("replay 687-688 --profile recommended"),
        ),
        Mutant(
            "freshness-refuses-what-is-missing",
            _FRESHNESS,
            "verdict = Verdict.STALE if settings.strict else Verdict.UNVERIFIED",
            "verdict = Verdict.STALE",
            "a missing createdAt passes as unverified unless the setting is strict",
            _named("test_handles_missing_created_at_gracefully"),
        ),
        Mutant(
            "freshness-suspects-the-tolerated-skew",
            _FRESHNESS,
            "suspicious = -age_s > settings.tolerated_skew_s",
            "suspicious = -age_s >= settings.threshold_s",
            "a skew within the tolerated one is no alarm",
            _property("test_the_future_passes_and_only_beyond_the_tolerated_skew_is_suspicious"),
            "200 examples",
        ),
    )


def _identity() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "identity-compares-a-prefix",
            _IDENTITY,
            "own = received == retell_call_id",
            "own = received[:5] == retell_call_id[:5]",
            "every Retell id begins with call_",
            _named("test_rejects_booking_with_mismatched_call_id"),
        ),
        Mutant(
            "identity-believes-everything",
            _IDENTITY,
            "own = received == retell_call_id",
            "own = True",
            "a fresh answer of another call passes Layer 2",
            CommandCheck("replay call-id-mismatch"),
        ),
        Mutant(
            "identity-takes-missing-for-foreign",
            _IDENTITY,
            "if received is not None:",
            "if received is not None or not settings.strict:",
            "missing metadata proves nothing",
            _named("test_handles_missing_metadata_gracefully"),
        ),
        Mutant(
            "identity-forgets-the-strict-setting",
            _IDENTITY,
            "elif settings.strict:",
            "elif settings.strict and settings.compare_attendee:",
            "strict must turn down an answer without call_id by itself",
            _property("test_strict_settings_turn_down_what_is_missing"),
        ),
        Mutant(
            "identity-minds-the-spelling",
            _IDENTITY,
            'return " ".join(unicodedata.normalize("NFKC", text).casefold().split())',
            'return " ".join(unicodedata.normalize("NFKC", text).split())',
            "ANNA and Anna are one person",
            _property("test_spelling_makes_nobody_another"),
            "200 examples",
        ),
    )


def _rows() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "layer-3-lets-the-same-customer-through",
            "booking_core/defences/existing_appointment.py",
            "if existing is None:",
            "if existing is None or existing.customer_id == customer_id:",
            "a stored booking is stored whoever asks: the insert would be a duplicate",
            _property("test_a_stored_booking_is_rejected_whoever_asks"),
        ),
        Mutant(
            "layer-4-calls-a-refused-insert-passed",
            "booking_core/defences/unique_booking.py",
            "Layer.UNIQUE_BOOKING, Verdict.ALREADY_STORED, f",
            "Layer.UNIQUE_BOOKING, Verdict.INSERTED, f",
            "the row was refused, and nobody would resolve whose booking it is",
            _property("test_a_refused_insert_rejects_even_when_the_winner_is_gone_again"),
        ),
        Mutant(
            "the-unique-key-is-no-key",
            "booking_core/migrations/versions/v0003_unique_booking_id.py",
            "unique=True",
            "unique=False",
            "Layer 3 alone is a race: two callers both look before either inserts",
            CommandCheck("explore one-caller-twice --identity shared --without 1 --without 2 --schedules 50", quiet=12),
            "50 seeds",
        ),
    )


def _judging() -> tuple[Mutant, ...]:
    return (
        Mutant(
            "the-last-layer-decides",
            _JUDGE,
            "for verdict, _ in timed if verdict.rejects), None)",
            "for verdict, _ in reversed(timed) if verdict.rejects), None)",
            "the first rejection decides; logs and timelines would name the wrong layer",
            CommandCheck("replay 687-688 --profile recommended"),
        ),
        Mutant(
            "layer-3-is-never-asked",
            _JUDGE,
            "if rejection is None and self._is_on(trial, Layer.EXISTING_APPOINTMENT):",
            "if rejection is not None and self._is_on(trial, Layer.EXISTING_APPOINTMENT):",
            "with Layers 1 and 2 off the stored row no longer stops the answer",
            CommandCheck("replay layers-1-2-bypassed"),
        ),
        Mutant(
            "the-winner-is-not-read",
            _JUDGE,
            "winner = await self.row_of(booking.uid)",
            "winner: Appointment | None = None",
            "what Layer 4 refused is somebody's row: whose, says the row alone",
            PytestCheck(
                "tests/scenarios/mutants/test_holes.py::test_what_the_unique_key_refused_is_handed_back_by_its_row"
            ),
        ),
        Mutant(
            "a-rejection-is-stored-all-the-same",
            _JUDGE,
            "        if rejection is not None:\n            return rejection\n",
            "",
            "a layer that speaks and stops nothing",
            CommandCheck("replay 687-688 --profile hardened --identity shared --without 3 --without 4"),
        ),
    )
