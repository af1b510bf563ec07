"""Every scenario by its id. A new one is a file and a line here."""

from __future__ import annotations

from scenarios.scenario import Scenario


class UnknownScenarioError(LookupError):
    """There is no scenario of that id; the message names those there are."""


def scenarios() -> dict[str, Scenario]:
    """All scenarios: what `replay all` plays, then the catalogue's stories."""
    from scenarios.cases import generations, public_issues, stories
    from scenarios.cases.story import told_by

    catalogue = (told_by(story) for story in [*stories.stories(), *generations.stories(), *public_issues.stories()])
    return recorded() | {scenario.id: scenario for scenario in catalogue}


def recorded() -> dict[str, Scenario]:
    """What the reports tell, and its races, in the order in which `replay all` runs them."""
    from scenarios.incidents import calls_682_766, calls_687_688, four_tests
    from scenarios.races import two_callers

    every = [
        calls_687_688.scenario(),
        calls_682_766.scenario(),
        *four_tests.scenarios(),
        *two_callers.scenarios(),
    ]
    return {scenario.id: scenario for scenario in every}


def find(scenario_id: str) -> Scenario:
    """The scenario of that id; UnknownScenarioError otherwise."""
    known = scenarios()
    if scenario_id not in known:
        raise UnknownScenarioError(f"no scenario {scenario_id!r}; there are: {', '.join(known)}")
    return known[scenario_id]
