"""Blind ranking over HTTP: a real server, two raters, the lock, and no arm before it."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from api.server import Server
from evaluate.rated_arms import ARMS, BASE
from flows.answered_workspace import answered_workspace

BOARD = "/api/ranking"
KEYS = ("coach", "advice", "persona")
RANKED = 4 + 1
"""Scenarios, and one of them again."""


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    with answered_workspace(tmp_path, scenarios=4) as made:
        folder = made.workspace.folder
    with Server(folder) as running:
        yield running


def said(order: str) -> dict[str, Any]:
    return {"choices": dict.fromkeys(KEYS, order), "seconds": 1.5}


def warmest(item: dict[str, Any]) -> str:
    """The letter whose first word is that of the tuned arm; the first one where none is."""
    replies = item["turns"][0]["replies"]
    return next((one for one, text in replies.items() if text.startswith("Warmly")), "A")


def ranks(server: Server, rater: str) -> list[dict[str, Any]]:
    """Rank to the end; what was shown."""
    shown: list[dict[str, Any]] = []
    while item := server.call("GET", f"{BOARD}/next?rater={rater}").told["item"]:
        shown.append(item)
        reply = server.call(
            "POST", f"{BOARD}/items/{item['code']}?rater={rater}", said(warmest(item))
        )
        assert (reply.status, reply.told["said"]) == (200, len(shown))
    return shown


def test_clients_come_one_by_one_and_arms_after_the_lock(server: Server) -> None:
    shown = ranks(server, "Ada")
    early = server.call("GET", f"{BOARD}/results")
    progress = server.call("GET", f"{BOARD}/progress").told

    assert len(shown) == shown[0]["of"] >= RANKED
    assert shown[0]["questions"]["advice"] == "Whose advice would you follow?"
    assert (early.status, early.told["error"]) == (409, "Refused")
    assert (progress["raters"][0]["said"], progress["locked"]) == (len(shown), False)
    for name in (*ARMS, BASE):
        assert name not in repr((shown, progress, early))

    locked = server.call("POST", f"{BOARD}/lock").told
    results = server.call("GET", f"{BOARD}/results").told

    assert locked["ratings"][0]["requested"] == RANKED * len(KEYS)
    assert locked["ratings"][0]["failed"] == {}
    assert results["session"] == locked["session"]
    (advice,) = [one for one in results["questions"] if one["question"] == "advice"]
    assert advice["arms"][0]["arm"] == "tuned"
    assert {one["arm"] for one in advice["arms"]} == {*ARMS}
    assert server.call("GET", f"{BOARD}/next?rater=Ada").status == 409
    assert server.call("POST", f"{BOARD}/lock").status == 409


def test_the_items_of_another_rater_are_not_ones_own(server: Server) -> None:
    item = server.call("GET", f"{BOARD}/next?rater=Ada").told["item"]

    foreign = server.call("POST", f"{BOARD}/items/{item['code']}?rater=Ben", said("A"))

    assert (foreign.status, foreign.told["error"]) == (422, "UsageError")
    assert "Ben has no item" in foreign.told["sentence"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (said("Z"), "none of the answers"),
        ({"choices": {"coach": "A"}}, "is not answered"),
        ({"choices": {**said("A")["choices"], "style": "A"}}, "no question called"),
        ({"choices": {}, "arm": "tuned"}, "extra inputs"),
        ({"choices": said("A")["choices"], "seconds": -1}, "greater than or equal to 0"),
    ],
)
def test_what_is_no_opinion_is_refused_and_nothing_is_kept(
    server: Server, body: dict[str, Any], why: str
) -> None:
    item = server.call("GET", f"{BOARD}/next?rater=Ada").told["item"]

    refused = server.call("POST", f"{BOARD}/items/{item['code']}?rater=Ada", body)

    assert refused.status == 422
    assert why in refused.told["sentence"]
    assert server.call("GET", f"{BOARD}/progress").told["raters"] == []


def test_nobody_and_nothing_are_named(server: Server) -> None:
    assert server.call("GET", f"{BOARD}/next").status == 422
    assert server.call("GET", f"{BOARD}/next?rater=Ada&set=nobody").status == 404
    early = server.call("POST", f"{BOARD}/lock")
    assert (early.status, early.told["sentence"]) == (409, "nobody has ranked anything")
