"""`curate balance` shows a table that adds up, and what lacks."""

from pathlib import Path

from cli.program import done, lorewright, told
from cli.test_enrich import broken, keep
from conversations.talks import a_conversation

COLUMNS = ("accepted", "turned_down", "blocked", "waiting", "failed")


def three(workspace: Path) -> None:
    """One that is complete, one that is blocked, and one that nobody enriched."""
    keep(workspace, a_conversation(), broken())
    done("enrich")
    keep(workspace, a_conversation(number=3))


def test_without_conversations_it_says_where_they_come_from(workspace: Path) -> None:
    assert workspace.is_dir()
    assert "`lorewright import` reads those of a file" in done("curate", "balance").out
    assert told("curate", "balance")["rows"] == {}


def test_the_table_adds_up(workspace: Path) -> None:
    three(workspace)
    lines = done("curate", "balance").out.splitlines()
    head, row, whole = (line.split() for line in lines)

    assert head == ["requested", "accepted", "turned", "down", "blocked", "waiting", "failed",
                    "quality"]  # fmt: skip
    assert row[0] == "fear_to_confidence"
    assert row[1:7] == whole[1:7] == ["3", "1", "0", "1", "1", "0"]


def test_programs_are_told_the_same(workspace: Path) -> None:
    three(workspace)
    for by in ("persona", "arc", "topic", "cell"):
        found = told("curate", "balance", "--by", by)

        assert found["by"] == by
        assert list(found["rows"].values()) == [found["whole"]]
        assert found["whole"]["requested"] == sum(found["whole"][one] for one in COLUMNS) == 3
        assert found["whole"]["acceptance"] == "0.500"
    assert list(found["rows"]) == ["careful_saver x fear_to_confidence x rainy_day_fund"]


def test_a_target_names_what_lacks_and_what_is_full(workspace: Path) -> None:
    three(workspace)
    found = told("curate", "balance", "--by", "arc", "--target", "2")
    gaps = {one["key"]: one["lacking"] for one in found["gaps"]}

    assert gaps["fear_to_confidence"] == 1
    assert gaps["shame_to_acceptance"] == 2
    assert len(gaps) >= 10
    named = ("--arc", "fear_to_confidence")
    assert "every arc has 1 or more" in done("curate", "balance", *named, "--target", "1").out
    lacks = done("curate", "balance", *named, "--target", "1,000".replace(",", "")).out
    assert "fear_to_confidence lacks 999 of 1,000" in lacks


def test_a_filter_that_fits_nothing_is_an_empty_table(workspace: Path) -> None:
    three(workspace)

    assert told("curate", "balance", "--persona", "nobody")["whole"]["requested"] == 0
    assert told("curate", "balance", "--controls")["whole"]["requested"] == 0


def test_curate_still_freezes_and_counts(workspace: Path) -> None:
    three(workspace)
    settings = {"LOREWRIGHT_GENERATION__TEACHER": "conversations"}
    said = lorewright("curate", "--name", "talks", settings=settings)
    assert said.code == 2
    assert "1 conversations have not gone through `lorewright enrich`" in said.err
    done("enrich")

    found = told("curate", "--name", "talks", settings=settings)
    assert found["requested"] == found["accepted"] + sum(found["rejected"].values()) == 2
