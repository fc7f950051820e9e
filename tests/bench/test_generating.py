"""The benchmark of generation asks every passage once and finds out when an item is wrong."""

import json
from pathlib import Path

import pytest

from generating import a_server, items, lorewright, run

COUNT = 30


def test_a_passage_says_what_its_answer_quotes() -> None:
    for number in (0, 7, 96, 100_000):
        item = items.answered(number)

        assert item["quote"] in items.passage(number)
        assert items.number_in(items.passage(number)) == number
        assert items.read(json.dumps(item)) == item


@pytest.mark.parametrize("reply", ["[]", '{"question": "Why?"}', '{"question": 1, "answer": 2}'])
def test_a_reply_that_is_no_item_is_refused(reply: str) -> None:
    with pytest.raises(ValueError, match="not an item"):
        items.read(reply)


def test_every_passage_is_asked_once_and_every_item_is_compared(tmp_path: Path) -> None:
    tool = lorewright()
    with a_server(latency_ms=5) as server:
        tool.make_ready(tmp_path, COUNT)
        run(tool.words(server, tmp_path, COUNT))
        counts = server.counts()
    tool.check(tmp_path, COUNT)

    assert (counts.served, counts.numbers) == (COUNT, COUNT)
    tool.export = ()
    written = tmp_path / "items.jsonl"
    lines = written.read_text().splitlines()
    for wrong, said in (
        (lines[1:], "29 items"),
        ([*lines, lines[0]], "31 lines"),
        ([lines[0].replace("behind door", "before door"), *lines[1:]], "is wrong"),
    ):
        written.write_text("\n".join(wrong))
        with pytest.raises(RuntimeError, match=said):
            tool.check(tmp_path, COUNT)


def test_a_request_that_is_refused_once_is_answered_the_next_time(tmp_path: Path) -> None:
    tool = lorewright()
    with a_server(latency_ms=5, refuse=0.3) as server:
        tool.make_ready(tmp_path, COUNT)
        run(tool.words(server, tmp_path, COUNT))
        counts = server.counts()
    tool.check(tmp_path, COUNT)

    assert counts.refused > 0
    assert (counts.served, counts.numbers) == (COUNT, COUNT)
