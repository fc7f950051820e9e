"""Judging and measuring from the command line, with a rehearsal for a judge."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from lorewright.llms.loopback import Loopback, in_background

PRICE = {
    "LOREWRIGHT_JUDGE__MODEL": "openai:loopback",
    "LOREWRIGHT_JUDGE__INPUT_PRICE": "1",
    "LOREWRIGHT_JUDGE__OUTPUT_PRICE": "2",
}


@pytest.fixture(scope="module")
def proposed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("judge")
    page = place / "page.md"
    page.write_text(SAMPLE.read_text(encoding="utf-8")[:4_000], encoding="utf-8")
    folder = place / "workspace"
    done("init", str(folder))
    for words in (("ingest", str(page)), ("analyze",), ("generate",)):
        done(*words, "--workspace", str(folder))
    return folder


@pytest.fixture(autouse=True)
def workspace(proposed_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with proposed examples that nobody has judged."""
    folder = shutil.copytree(proposed_once, tmp_path / "workspace")
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with in_background() as running:
        yield running


@pytest.fixture
def asked(server: Loopback) -> dict[str, str]:
    """Settings under which the rehearsal is the judge."""
    return {**PRICE, "LOREWRIGHT_JUDGE__URL": server.url}


def test_everything_is_judged_once_and_what_it_cost_is_told(asked: dict[str, str]) -> None:
    first = told("judge", "--max-cost", "1", settings=asked)
    again = told("judge", "--max-cost", "1", settings=asked)
    shown = told("judge", "--show")

    assert first["judged"] == first["examples"] == first["accepted"] > 3
    assert float(first["cost_usd"]) > 0
    assert first["judges"] == ["openai:loopback"]
    assert (again["done_before"], float(again["cost_usd"])) == (first["pieces"], 0)
    assert shown["mean_rating"] == first["mean_rating"] == again["mean_rating"]
    assert set(shown["criteria"]) == {
        "groundedness", "relevance", "clarity", "voice", "usefulness",
    }  # fmt: skip


def test_the_worst_rated_are_listed_with_the_reason(asked: dict[str, str]) -> None:
    said = done("judge", "--max-cost", "1", "--lowest", "2", settings=asked)

    assert said.out.count("  example:") == 2
    assert "mean rating:" in said.out


def test_an_example_is_shown_with_what_the_judge_thinks_of_it(asked: dict[str, str]) -> None:
    worst = told("judge", "--max-cost", "1", "--lowest", "1", settings=asked)["lowest"][0]

    shown = told("show", worst["example"])
    said = done("show", worst["example"]).out

    assert shown["judgement"]["judgement"] == worst["judgement"]
    assert shown["judgement"]["ratings"] == worst["ratings"]
    assert f"{worst['mean']} of 10" in said
    assert all(rating["criterion"] in said for rating in worst["ratings"])


def test_an_estimate_asks_nothing(asked: dict[str, str], server: Loopback) -> None:
    before = server.counts.paths.total()

    said = done("judge", "--estimate", settings=asked)

    assert server.counts.paths.total() == before
    assert "curate/judge" in said.out


def test_judging_stops_before_it_costs_too_much(asked: dict[str, str]) -> None:
    said = lorewright("judge", "--max-cost", "0.000001", settings=asked)

    assert said.code == 3
    assert told("judge", "--show")["judged"] == 0


def test_without_a_judge_or_a_teacher_it_says_how_to_name_one() -> None:
    said = lorewright("judge")

    assert said.code == 2
    assert "teacher.model" in said.err


def test_the_best_are_kept_and_the_others_are_counted(asked: dict[str, str]) -> None:
    best = {"LOREWRIGHT_CURATION__KEEP_SHARE": "0.2"}
    refused = lorewright("curate", settings=best)
    plain = told("curate")
    done("judge", "--max-cost", "1", settings=asked)

    kept = told("curate", settings=best)

    assert refused.code == 2
    assert "lorewright judge" in refused.err
    assert plain["mean_rating"] is None
    assert kept["rejected"]["not_among_best"] > 0
    assert kept["requested"] == kept["accepted"] + sum(kept["rejected"].values())
    assert kept["judged"] == kept["accepted"]


def test_measuring_needs_no_judge_and_says_what_is_not_measured() -> None:
    said = done("measure")
    found = told("measure")

    assert "mean rating: not measured" in said.out
    assert found["mean_rating"] is None
    assert sum(found["forms"]["counts"].values()) == found["examples"]
    assert 0 < found["sources"][0]["covered"] <= found["sources"][0]["characters"]
    assert found["usable"]["usable"] <= found["usable"]["pairs"] == found["examples"]
    assert found["held_out"] is None
    assert "not measured, since no dataset is named" in said.out


def test_a_dataset_is_measured_by_its_members() -> None:
    made = told("curate", "--name", "coach")

    of_dataset = told("measure", "coach@latest")
    assert of_dataset["examples"] == made["accepted"]
    assert of_dataset["held_out"] is None
    assert "not measured, since it has no transfer set" in done("measure", "coach@latest").out


def test_what_reviewers_say_is_summed_up() -> None:
    name = told("list", "example")["records"][0]["name"]
    done("review", "--reject", name, "--why", "half of the rule is missing")

    said = done("review", "--summary")

    assert "1 rejected" in said.out
    assert "half of the rule is missing" in said.out
    assert told("review", "--summary")["avoid_forms"] == []


def test_pairs_are_written_with_what_reviewers_said_in_mind(server: Loopback) -> None:
    name = told("list", "example")["records"][0]["name"]
    done("review", "--reject", name, "--why", "half of the rule is missing")
    teacher = {key.replace("JUDGE", "TEACHER"): value for key, value in PRICE.items()}

    said = done(
        "generate", "pairs", "--from-feedback", "--target", "2", "--level", "1", "--max-cost", "1",
        settings={**teacher, "LOREWRIGHT_TEACHER__URL": server.url},
    )  # fmt: skip

    assert "from feedback: reviewers rejected once: half of the rule is missing" in said.err


def test_a_judge_of_what_it_wrote_itself_is_told_apart(server: Loopback) -> None:
    teacher = {key.replace("JUDGE", "TEACHER"): value for key, value in PRICE.items()}
    settings = {
        **teacher,
        "LOREWRIGHT_TEACHER__URL": server.url,
        "LOREWRIGHT_GENERATION__TEACHER": "pairs",
    }
    done("generate", "pairs", "--target", "2", "--level", "1", "--max-cost", "1", settings=settings)

    found = told("judge", "--max-cost", "1", settings=settings)

    assert found["own_work"] == found["judged"] > 0
