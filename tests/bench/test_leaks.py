"""What the documentation says of paraphrases is what the check finds of them."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])


def test_the_table_of_changes_is_the_one_that_is_computed() -> None:
    from leaks import paraphrase_recall, recall_table

    rows = {row.change: row for row in paraphrase_recall()}

    assert rows["none"].found == rows["none"].tried
    assert rows["50 % of the words replaced"].found < rows["none"].found
    table = recall_table([*rows.values()])
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert table in page, f"the page should say:\n{table}"
