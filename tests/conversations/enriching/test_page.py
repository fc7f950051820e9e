"""The page for trainers says of codes, weights and tiers what the code says."""

import re
from decimal import Decimal

from architecture.house import ROOT
from lorewright.conversations.enriching import (
    CODES,
    FOURTEEN,
    LEGACY,
    MOST_ISSUES,
    REVISE_BELOW,
    SIX,
    TIER_FROM,
    WEIGHTS,
    points_of,
)

PAGE = (ROOT / "docs" / "conversations.md").read_text(encoding="utf-8")
CODE_ROW = re.compile(r"^\| `([A-Z_]+)` \| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)


def rows_below(heading: str) -> list[tuple[str, ...]]:
    """The cells of the first table below a heading, without its head."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines]


def test_every_code_stands_there_as_it_is() -> None:
    found = {row[0]: row[1:] for row in CODE_ROW.findall(PAGE)}

    assert found == {name: (code.severity, code.when, code.suggestion)
                     for name, code in CODES.items()}  # fmt: skip
    assert [row[0] for row in CODE_ROW.findall(PAGE)][:20] == [*FOURTEEN, *SIX]


def test_what_is_milder_in_training_files_is_named() -> None:
    part = PAGE.partition("In a training file that is brought in")[2].partition("\n## ")[0]

    assert set(re.findall(r"`([A-Z_]+)`", part)) == LEGACY


def test_the_weights_are_those_of_the_score() -> None:
    assert {row[0]: Decimal(row[1]) for row in rows_below("The score")} == WEIGHTS
    assert f"A score below {REVISE_BELOW} is" in PAGE
    assert f"at most {MOST_ISSUES}\nissues" in PAGE


def test_the_tiers_begin_where_the_page_says() -> None:
    rows = rows_below("The tiers")

    assert [(row[0], Decimal(row[1])) for row in rows] == [*TIER_FROM]
    assert all(points_of(Decimal(score)) == Decimal(points) for _, points, score in rows[:-1])
