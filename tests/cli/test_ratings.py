"""Judges, sheets and agreement from the command line, offline."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from evaluate.rated_arms import ARMS
from flows.answered_workspace import answered_workspace
from lorewright.flows.answered import newest_field
from lorewright.flows.durable import Ordered
from lorewright.flows.judging_panel import choice_for
from lorewright.flows.teacher_works import RATINGS
from lorewright.llms.loopback import Loopback, Rehearsal, in_background
from lorewright.settings import Settings
from lorewright.store import Workspace
from lorewright.store.work_runs import order_run

REHEARSAL = ("--model", "rehearsal:ann", "--profile", "criteria")
PANEL = """
[evaluation.judges]
profile = "criteria"

[evaluation.judges.panel.ann]
model = "rehearsal:ann"

[evaluation.judges.panel.ben]
model = "rehearsal:ben"
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose arms have answered four scenarios."""
    with answered_workspace(tmp_path, scenarios=4) as made:
        folder = made.workspace.folder
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with in_background() as running:
        yield running


def over_http(server: Loopback) -> dict[str, str]:
    """Settings under which a rehearsal server is the judge."""
    return {
        "LOREWRIGHT_JUDGE__MODEL": "openai:loopback",
        "LOREWRIGHT_JUDGE__URL": server.url,
        "LOREWRIGHT_JUDGE__INPUT_PRICE": "1",
        "LOREWRIGHT_JUDGE__OUTPUT_PRICE": "2",
    }


def a_panel(workspace: Path) -> None:
    (workspace / "lorewright.toml").write_text(PANEL)


def fill(path: Path) -> None:
    """Give everybody a 4, and prefer whoever stands first."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        row.update(dict.fromkeys(("expertise", "voice", "helpful", "natural"), "4"))
        row["preference"] = "a"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def test_a_rehearsal_judges_everything_for_nothing_and_says_so() -> None:
    first = told("ratings", "judge", *REHEARSAL)
    again = told("ratings", "judge", *REHEARSAL)

    (judge,) = first["judges"]
    ratings = judge["ratings"]
    assert ratings["origin"] == "rehearsed"
    assert ratings["requested"] == ratings["accepted"] == 4 * 3 + 4 * 2
    assert float(judge["cost_usd"]) == 0
    assert again["judges"][0]["ratings"]["name"] == ratings["name"]
    assert again["judges"][0]["done_before"] == 1


def test_what_is_said_in_words_names_the_rehearsal() -> None:
    said = done("ratings", "judge", *REHEARSAL).out

    assert "judge rehearsal:ann (rehearsed: nobody has read the answers)" in said
    assert "20 judgements requested = 20 accepted + 0 rejected + 0 failed" in said


def test_every_judge_of_the_panel_rates_and_they_are_compared(workspace: Path) -> None:
    a_panel(workspace)

    found = told("ratings", "judge")
    agreement = told("ratings", "agreement")
    listed = told("ratings", "list")

    assert [one["judge"] for one in found["judges"]] == ["rehearsal:ann", "rehearsal:ben"]
    assert {one["dimension"] for one in agreement["dimensions"]} == {
        "expertise", "voice", "helpful", "natural",
    }  # fmt: skip
    assert all(one["alpha"]["n"] == 12 for one in agreement["dimensions"])
    assert all(one["flips"]["n"] == 4 for one in agreement["raters"])
    assert [one["rater"] for one in listed["raters"]] == ["rehearsal:ann", "rehearsal:ben"]
    assert listed["arms"] == sorted(ARMS)
    assert listed["training_authors"] == []
    said = done("ratings", "agreement").out
    assert "0.6 is " in said
    assert "changes with the order" in said


def test_an_estimate_asks_nobody() -> None:
    (quote,) = told("ratings", "judge", "--estimate", *REHEARSAL)["judges"]

    assert [row["purpose"] for row in quote["estimate"][:2]] == ["evaluate/rate", "evaluate/prefer"]
    assert [row["calls"][0] for row in quote["estimate"][:2]] == [12, 8]
    assert told("ratings", "list")["raters"] == []


def test_a_judge_over_http_is_paid_within_a_limit_and_its_failures_are_counted(
    server: Loopback,
) -> None:
    settings = over_http(server)
    refused = lorewright("ratings", "judge", settings=settings)
    assert refused.code == 2
    assert "--max-cost" in refused.err

    (judge,) = told("ratings", "judge", "--max-cost", "1", settings=settings)["judges"]

    ratings = judge["ratings"]
    assert ratings["origin"] == "rehearsed"
    assert ratings["requested"] == ratings["accepted"] + sum(ratings["failed"].values())
    assert float(judge["cost_usd"]) > 0


def test_a_worker_lets_the_judge_rate_that_the_run_names(workspace: Path) -> None:
    a_panel(workspace)
    with Workspace(workspace).open(Settings()) as store:
        choice = choice_for(newest_field(store, None), Settings(), dimensions="criteria")
        ordered = Ordered(choice.model_dump(mode="json"), 0, "rehearsal:ben", "somebody", None)
        order_run(store, RATINGS, ordered.as_request())

    done("worker", "--until-idle")

    assert [one["rater"] for one in told("ratings", "list")["raters"]] == ["rehearsal:ben"]


def test_what_failed_is_asked_for_again_and_nothing_else_is_paid() -> None:
    words = ("ratings", "judge", "--max-cost", "1")
    with in_background(Rehearsal(script=["refusal"] * 10)) as server:
        (half,) = told(*words, settings=over_http(server))["judges"]
        (whole,) = told(*words, "--retry", "1", settings=over_http(server))["judges"]

    assert half["ratings"]["failed"] == {"the judge refused": 10}
    assert half["ratings"]["accepted"] == 10
    assert whole["ratings"]["failed"] == {}
    assert sum(one["complete"] for one in whole["calls"].values()) == 10
    assert told("ratings", "list")["raters"][0]["accepted"] == 20


def test_other_pairs_can_be_named_and_have_to_be_there() -> None:
    found = told("ratings", "judge", *REHEARSAL, "--pair", "tuned:neutral-control")
    unknown = lorewright("ratings", "judge", *REHEARSAL, "--pair", "tuned:reference")
    wrong = lorewright("ratings", "judge", *REHEARSAL, "--pair", "tuned")

    assert found["pairs"] == [["tuned", "neutral-control"]]
    assert unknown.code == wrong.code == 2
    assert "no answers of the arm 'reference'" in unknown.err
    assert "no pair of arms" in wrong.err


def test_a_sheet_goes_out_and_comes_back(tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    out = told("ratings", "export", str(sheet), "--rater", "Ada Byron", "--profile", "criteria")
    fill(sheet)

    back = told("ratings", "import", str(sheet))

    assert Path(out["guide"]).is_file()
    ratings = back["ratings"]
    assert (ratings["rater"], ratings["by"], ratings["origin"]) == (
        "Ada Byron",
        "person",
        "measured",
    )
    assert ratings["failed"] == {}
    assert back["attended"] + back["distracted"] == 2
    assert told("ratings", "list")["raters"][0]["rater"] == "Ada Byron"
    again = done("ratings", "import", str(sheet)).out
    assert "this sheet was read before" in again


def test_rows_that_cannot_be_used_are_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    sheet = tmp_path / "ada.csv"
    done("ratings", "export", str(sheet), "--rater", "Ada", "--profile", "criteria")
    fill(sheet)
    lines = sheet.read_text(encoding="utf-8").replace(",4,4,4,4,", ",9,4,4,4,", 1)
    sheet.write_text(lines, encoding="utf-8")

    said = lorewright("ratings", "import", str(sheet))
    as_json = lorewright("ratings", "import", str(sheet), "--json")

    assert said.code == as_json.code == 3
    assert "a value outside the scale: expertise is 9" in said.out
    assert as_json.told["troubles"][0]["reason"] == "a value outside the scale"
    assert told("ratings", "list")["raters"][0]["accepted"] > 0


def test_agreement_without_ratings_says_how_to_get_some() -> None:
    said = lorewright("ratings", "agreement")

    assert said.code == 2
    assert "`lorewright ratings judge`" in said.err


def test_a_set_of_scenarios_has_to_be_one(workspace: Path) -> None:
    del workspace
    source = told("list", "source")["records"][0]["name"]

    said = lorewright("ratings", "list", "--set", source)

    assert said.code == 2
    assert "is not of the kind scenario_set" in said.err
