"""`generate controls` says what it would cost, what became of every conversation, and no more."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from cli.test_enrich import broken, keep
from conversations.talks import a_conversation
from lorewright.llms.loopback import Loopback, in_background


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with in_background() as running:
        yield running


@pytest.fixture
def here(workspace: Path, server: Loopback) -> Path:
    (workspace / "lorewright.toml").write_text(
        f'[teacher]\nmodel = "openai:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
        "output_price = 5\n",
        encoding="utf-8",
    )
    return workspace


def asked(server: Loopback) -> int:
    return sum(server.counts.asked.values())


def test_without_a_complete_conversation_nothing_is_asked(here: Path, server: Loopback) -> None:
    before = asked(server)
    keep(here, broken())
    done("enrich")
    said = lorewright("generate", "controls", "--max-cost", "1")

    assert said.code == 2
    assert "no complete conversation" in said.err
    assert asked(server) == before


def test_an_estimate_counts_the_conversations(here: Path, server: Loopback) -> None:
    before = asked(server)
    keep(here, a_conversation(), a_conversation(number=2), broken())
    done("enrich")
    found = told("generate", "controls", "--estimate")

    assert found["estimate"][-1]["calls"] == [2, 2, 2]
    low, likely, high = map(Decimal, found["estimate"][-1]["cost_usd"])
    assert 0 < low <= likely <= high
    assert asked(server) == before


def test_without_a_limit_nothing_is_begun(here: Path, server: Loopback) -> None:
    before = asked(server)
    keep(here, a_conversation())
    done("enrich")
    said = lorewright("generate", "controls")

    assert said.code == 2
    assert "--max-cost" in said.err
    assert asked(server) == before


def test_what_is_asked_for_is_accounted_for(here: Path) -> None:
    keep(here, a_conversation(), a_conversation(number=2))
    done("enrich")
    first = told("generate", "controls", "--max-cost", "1")
    again = told("generate", "controls", "--max-cost", "1")

    assert first["requested"] == first["accepted"] + sum(first["rejected"].values()) + len(
        first["failed"]
    )
    assert first["requested"] == 2
    assert Decimal(first["cost_usd"]) > 0
    assert Decimal(again["cost_usd"]) == 0
