"""What the documents tell a reader to type is what the tool understands, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.prose import ROOT, commands, complaint, documents

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", documents(), ids=name)
def test_every_command_of_a_document_is_understood(path: Path) -> None:
    told = [complaint(words) for words in commands(path.read_text(encoding="utf-8"))]

    assert [one for one in told if one] == []


@pytest.mark.parametrize("path", documents(), ids=name)
def test_every_link_of_a_document_leads_somewhere(path: Path) -> None:
    links = LINK.findall(path.read_text(encoding="utf-8"))

    inside = [link for link in links if "://" not in link and not link.startswith("mailto:")]

    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("```\nslotproof reply 687-688\n```", "slotproof reply: no such command"),
        ("```\nA=b slotproof db verified\n```", "slotproof db verified: no such command"),
        ("`slotproof replay all --htm f`", "slotproof replay: No such option: --htm"),
        ("```\nslotproof gateway --port x   # a port\n```", "slotproof gateway: Invalid value for '--port'"),
    ],
)
def test_a_command_that_does_not_exist_is_found(document: str, problem: str) -> None:
    [words] = commands(document)

    assert complaint(words).startswith(problem)


def test_prose_about_the_package_is_no_command() -> None:
    assert commands("```\npip install slotproof pytest\n```\nIn `slotproof` the word `replay` …") == []
