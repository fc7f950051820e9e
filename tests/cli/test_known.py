"""Asking the base model what it knows, from the command line."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from lorewright.llms import Message, Request
from lorewright.llms.loopback import Loopback, in_background
from lorewright.llms.replay import Recorded, prompt_digest
from lorewright.records import Example
from lorewright.settings import Settings
from lorewright.store import Workspace

DRAWS = 3


@pytest.fixture(scope="module")
def proposed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("known")
    page = place / "page.md"
    page.write_text(SAMPLE.read_text(encoding="utf-8")[:4_000], encoding="utf-8")
    folder = place / "workspace"
    done("init", str(folder))
    for words in (("ingest", str(page)), ("analyze",), ("generate",)):
        done(*words, "--workspace", str(folder))
    return folder


@pytest.fixture(autouse=True)
def workspace(proposed_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with proposed examples about which nobody was asked."""
    folder = shutil.copytree(proposed_once, tmp_path / "workspace")
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def examples(workspace: Path) -> list[Example]:
    """By name."""
    with Workspace(workspace).open(Settings()) as store:
        return sorted(store.get_many(store.names("example"), Example), key=lambda one: one.ref)


@pytest.fixture
def recorded(examples: list[Example], tmp_path: Path) -> dict[str, str]:
    """A base model that knows the first example, the second sometimes, and no other."""
    answers = [[examples[0].answer], [examples[1].answer, "I do not know."]]
    answers += [["I do not know."]] * (len(examples) - 2)
    return recording(tmp_path / "base.jsonl", examples, answers)


def recording(
    file: Path, examples: Sequence[Example], answers: Sequence[Sequence[str]]
) -> dict[str, str]:
    """Settings under which the base model gives recorded answers to the bare questions."""
    lines = [
        Recorded(prompt=prompt_digest(bare(example)), text=answer).model_dump_json()
        for example, some in zip(examples, answers, strict=True)
        for answer in some
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return {
        "LOREWRIGHT_BASE__MODEL": f"replay:{file}",
        "LOREWRIGHT_BASE__INPUT_PRICE": "1",
        "LOREWRIGHT_BASE__OUTPUT_PRICE": "2",
    }


def bare(example: Example) -> Request:
    return Request((Message("user", example.question),), max_tokens=16)


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with in_background() as running:
        yield running


@pytest.fixture
def rehearsed(server: Loopback) -> dict[str, str]:
    """Settings under which the rehearsal is the base model."""
    return {
        "LOREWRIGHT_BASE__MODEL": "openai:loopback",
        "LOREWRIGHT_BASE__URL": server.url,
        "LOREWRIGHT_BASE__INPUT_PRICE": "1",
        "LOREWRIGHT_BASE__OUTPUT_PRICE": "2",
    }


def test_what_the_base_model_knows_is_counted_measured_and_shown(
    recorded: dict[str, str], examples: list[Example]
) -> None:
    asked = told("judge", "--known", "--max-cost", "1", settings=recorded)

    shown = told("judge", "--known", "--show")
    measured = told("measure")
    looked = told("show", str(examples[1].ref))
    expected = {"known": 1, "partly": 1, "unknown": len(examples) - 2, "not_asked": 0}
    assert asked["calls"]["curate/known"]["complete"] == DRAWS * len(examples)
    assert expected.items() <= asked["knowledge"].items()
    assert shown["knowledge"] == measured["knowledge"] == asked["knowledge"]
    assert shown["knowledge"]["share"] == 1 / len(examples)
    assert (looked["knowledge"]["known"], looked["knowledge"]["right"]) == ("partly", 1)
    assert "partly to it, right in 1 of 3 answers" in done("show", str(examples[1].ref)).out
    assert f"known to the base model: 1 of {len(examples)}" in done("measure").out


def test_what_is_known_is_left_out_of_a_dataset_and_counted(recorded: dict[str, str]) -> None:
    unknown = {"LOREWRIGHT_CURATION__TEACH": "unknown"}
    refused = lorewright("curate", settings=unknown)
    plain = told("curate")
    done("judge", "--known", "--max-cost", "1", settings=recorded)

    kept = told("curate", settings=unknown)

    assert refused.code == 2
    assert "lorewright judge --known" in refused.err
    assert 1 <= kept["rejected"]["known_already"] <= 2
    assert kept["requested"] == plain["requested"]
    assert kept["requested"] == kept["accepted"] + sum(kept["rejected"].values())


def test_each_question_is_paid_for_once_unless_it_is_asked_again_on_purpose(
    rehearsed: dict[str, str], examples: list[Example], server: Loopback
) -> None:
    before = server.counts.paths.total()
    first = told("judge", "--known", "--max-cost", "1", settings=rehearsed)
    again = told("judge", "--known", "--max-cost", "1", settings=rehearsed)
    paid = server.counts.paths.total() - before
    afresh = told("judge", "--known", "--max-cost", "1", "--again", "1", settings=rehearsed)

    assert first["asked"] == first["accepted"] == len(examples)
    assert paid == DRAWS * len(examples)
    assert (again["done_before"], float(again["cost_usd"])) == (first["pieces"], 0)
    assert float(afresh["cost_usd"]) > 0
    assert afresh["made_now"] == len(examples)


def test_a_run_that_was_cut_short_goes_on_without_paying_twice(
    rehearsed: dict[str, str], examples: list[Example], server: Loopback
) -> None:
    one_at_a_time = {**rehearsed, "LOREWRIGHT_BASE__AT_ONCE": "1"}
    before = server.counts.paths.total()

    cut = lorewright("judge", "--known", "--max-cost", "0.006", settings=one_at_a_time)
    whole = told("judge", "--known", "--max-cost", "1", settings=one_at_a_time)

    assert cut.code == 3
    assert 0 < whole["calls"]["curate/known"]["complete"] < DRAWS * len(examples)
    assert server.counts.paths.total() - before == DRAWS * len(examples)
    assert whole["knowledge"]["not_asked"] == 0


def test_an_estimate_counts_every_draw_and_asks_nothing(
    rehearsed: dict[str, str], examples: list[Example], server: Loopback
) -> None:
    before = server.counts.paths.total()

    quote = told("judge", "--known", "--estimate", settings=rehearsed)

    assert server.counts.paths.total() == before
    assert quote["estimate"][0]["purpose"] == "curate/known"
    assert quote["estimate"][0]["calls"][0] == DRAWS * len(examples)


def test_without_a_base_model_the_teacher_is_not_asked_instead() -> None:
    said = lorewright("judge", "--known", settings={"LOREWRIGHT_TEACHER__MODEL": "openai:writer"})

    assert said.code == 2
    assert "base.model" in said.err


def test_the_lowest_ratings_are_not_asked_for_together_with_knowledge() -> None:
    said = lorewright("judge", "--known", "--lowest", "3")

    assert said.code == 2
    assert "--lowest" in said.err
