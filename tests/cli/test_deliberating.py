"""`generate deliberations` and `generate panel`: plans, weights, reviews, files, and resuming."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import Running, done, lorewright, told, until
from lorewright.llms.loopback import Asked, Loopback, Rehearsal, in_background
from lorewright.settings import Settings
from scripted import said

PANEL = ("generate", "deliberations", "--panel", "business-planning")
NAMES = re.compile(r"^- `([a-z_]+_[0-9]{3})`, weight", re.MULTILINE)
AT_ONCE = Settings.model_construct().teacher.at_once
ADVICE = "Ask forty strangers for a deposit before anything is made."


def argued(asked: Asked) -> str | None:
    """A turn by the first two who may speak, or a panel of two."""
    if "Propose a panel" in asked.prompt:
        return proposed()
    speakers = NAMES.findall(asked.prompt)[:2]
    acts = [
        {
            "speaker": one,
            "act": "statement",
            "statement": "It has to be shown.",
            "to": "",
            "recommendation": ADVICE,
            "moves": ["market_validation", "risk_assessment"],
            "critical": False,
        }
        for one in speakers
    ]
    spot = {"text": "The season ends in March.", "raised_by": speakers[0]}
    return said(
        acts=acts,
        agreement=["proof first"],
        tradeoffs=[],
        risks=[],
        blind_spots=[spot],
        prevents=["stock that nobody buys"],
        answer=f"{ADVICE} The season ends in March. This avoids stock that nobody buys.",
        next_question="And then?",
    )


def proposed() -> str:
    settles = ["dough", "oven", "permit"]
    states = [("idea", "0.1"), ("tried", "0.4")]
    return said(
        name="Bakery",
        domain="entrepreneurship",
        rationale="two see more",
        states=[{"key": key, "score": score, "settles": settles} for key, score in states],
        target="open",
        personas=[
            {
                "key": key,
                "role": key,
                "expertise": ["bread"],
                "focus": "the oven",
                "style": "short",
                "weights": ["0.8", "0.4"],
                "blocker": "0.2",
                "core": key == "planner",
                "keywords": ["oven"],
            }
            for key in ("baker", "planner")
        ],
    )


@pytest.fixture
def server(workspace: Path) -> Iterator[Loopback]:
    """A server that argues, which the settings name."""
    with in_background(Rehearsal(latency_ms=60, answers=argued)) as running:
        (workspace / "lorewright.toml").write_text(
            f'[teacher]\nmodel = "openai:loopback"\nurl = "{running.url}"\ninput_price = 1\n'
            "output_price = 5\n",
            encoding="utf-8",
        )
        yield running


def test_without_a_language_model_they_are_played_and_said_to_be(workspace: Path) -> None:
    shown = done(*PANEL, "--turns", "3", "--weighting", "hybrid")

    assert "no language model is set" in shown.err
    assert "worked out beforehand" in shown.err
    for words in (
        "plan: 1 deliberation by Business planning, at most 3 turns each, hybrid weights",
        "purpose: idea 0.10 > market_validated 0.30",
        "turn 1, ",
        "silent: ",
        "blind spot, seen by the ",
        "persona identification: ",
        "synthesis quality: open until a judge is asked (0.85)",
        "1 deliberation requested = 1 accepted + 0 rejected + 0 failed",
    ):
        assert words in shown.out
    assert '"deliberations" under [generation]' in shown.err


def test_programs_are_told_weights_blind_spots_and_measures(workspace: Path) -> None:
    found = told(*PANEL, "--turns", "3", "--weighting", "hybrid", "--count", "4", "--quiet")

    assert (found["requested"], found["accepted"]) == (4, 3)
    assert found["rejected"] == {"nothing_worked_out": 1}
    assert found["deliberations"] == len(found["held"]) == 3
    for one in found["held"]:
        assert [turn["turn"] for turn in one["turns"]] == [1, 2, 3]
        for turn in one["turns"]:
            assert turn["active"].keys().isdisjoint(turn["suppressed"])
            assert all(spot["raised_by"] in turn["active"] for spot in turn["blind_spots"])
    assert found["measures"]["synthesis_quality"] is None
    assert found["tier"] == "experimental"
    assert found["teacher"] == "extractive"
    assert len(found["sample"]) == 1
    assert told(*PANEL, "--turns", "3", "--weighting", "hybrid", "--count", "4")["done_before"] == 4


def test_learned_weights_are_headed_simulation(workspace: Path) -> None:
    shown = done(*PANEL, "--weighting", "learned", "--turns", "1", "--card", "card.md")

    assert "*simulation*" in shown.err
    assert "(simulation)" in Path("card.md").read_text(encoding="utf-8").splitlines()[0]
    assert lorewright(*PANEL, "--card", "other.md").code == 2


def test_an_estimate_without_a_language_model_holds_nothing(workspace: Path) -> None:
    assert told(*PANEL, "--estimate")["cost_usd"] == "0"
    assert told("list", "deliberation")["total"] == 0


def test_a_set_is_called_production_after_people_read_its_sample(workspace: Path) -> None:
    words = (*PANEL, "--count", "3", "--out", "v3.json")
    said_no = lorewright(*words, "--production")
    assert said_no.code == 1
    assert "people have accepted 0 of the 1" in said_no.err
    assert not Path("v3.json").exists()

    done(*PANEL, "--count", "3", "--sheet", "sample.csv")
    sheet = Path("sample.csv").read_text(encoding="utf-8-sig")
    (name,) = set(re.findall(r"example:[0-9a-f]{64}", sheet))
    Path("filled.csv").write_text(f"name,verdict,reviewer\n{name},accept,Ada\n", encoding="utf-8")
    done("review", "--read-sheet", "filled.csv")
    done(*words, "--production", "--author", "Ada")

    document = json.loads(Path("v3.json").read_text(encoding="utf-8"))
    assert document["dataset_metadata"]["author"] == "Ada"
    tiers = {one["conversation_metadata"]["quality_tier"] for one in document["conversations"]}
    assert tiers == {"production"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("generate", "deliberations"), "nothing says which panel"),
        (("generate", "deliberations", "--panel", "zebra"), "no panel called 'zebra'"),
        ((*PANEL, "--panel-file", "none.toml"), "cannot be read"),
        ((*PANEL, "--labels", "none.jsonl", "--weighting", "learned"), "cannot be read"),
        (("generate", "panel", "--goal", "A bakery"), "no language model is set"),
        (("generate", "panel", "--goal", " "), "blank"),
        ((*PANEL, "--turns", "0"), "--turns"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: tuple[str, ...], sentence: str, workspace: Path
) -> None:
    said_no = lorewright(*words)

    assert said_no.code == 2
    assert sentence in said_no.err
    assert "Traceback" not in said_no.err


def test_a_faulty_own_panel_is_told_and_the_others_go_on(workspace: Path) -> None:
    folder = workspace / "catalogues" / "panels"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(
        'key = "mine"\n[[personas]]\nblocker = nan\n', encoding="utf-8"
    )

    found = told(*PANEL, "--quiet")
    said_no = lorewright("generate", "deliberations", "--panel", "mine")

    assert any("mine.toml:3: personas[0].blocker" in one for one in found["issues"])
    assert said_no.code == 2
    assert "personas[0].blocker" in said_no.err


def test_the_plan_and_its_cost_are_shown_before_money_is_spent(server: Loopback) -> None:
    words = (*PANEL, "--count", "3", "--turns", "2")
    refused = lorewright(*words)
    assert (refused.code, sum(server.counts.asked.values())) == (2, 0)
    assert told(*words, "--estimate")["estimate"][-1]["calls"][:2] == [6, 6]
    assert sum(server.counts.asked.values()) == 0

    shown = done(*words, "--max-cost", "1")

    assert shown.out.index("about 6 calls, $") < shown.out.index("blind spot, seen by")
    assert "3 deliberations from 3 pieces of work" in shown.out
    assert sum(server.counts.asked.values()) == 6
    again = told(*words, "--max-cost", "1")
    assert (again["cost_usd"], again["deliberations"], again["made_now"]) == ("0", 3, 0)
    assert again["held"][0]["turns"][0]["blind_spots"][0]["text"] == "The season ends in March."


def test_a_run_that_was_killed_goes_on_and_pays_at_most_for_what_was_under_way(
    server: Loopback,
) -> None:
    words = (*PANEL, "--count", "24", "--turns", "2", "--max-cost", "5")
    running = Running(*words)
    until(lambda: sum(server.counts.asked.values()) >= 6)
    running.kill()

    found = told(*words)

    assert found["deliberations"] == found["accepted"] == 24
    assert found["requested"] == 24
    assert 48 <= sum(server.counts.answered.values()) <= 48 + AT_ONCE
    assert told(*words)["cost_usd"] == "0"
    assert told("verify")["intact"]


def test_a_panel_is_proposed_edited_and_deliberates(server: Loopback, workspace: Path) -> None:
    words = ("generate", "panel", "--goal", "Open a bakery", "--max-cost", "1")
    shown = done(*words, "--out", "bakery.toml")
    assert "Bakery: 2 personas, in bakery.toml" in shown.out
    assert lorewright(*words, "--out", "bakery.toml").code == 1

    file = Path("bakery.toml")
    file.write_text(
        file.read_text(encoding="utf-8").replace("Bakery", "My bakery"), encoding="utf-8"
    )
    mine = ("generate", "deliberations", "--panel-file", "bakery.toml", "--turns", "1")
    assert "by My bakery" in done(*mine, "--max-cost", "1").out

    kept = told(*words, "--key", "oven")
    assert kept["file"] == str(workspace / "catalogues" / "panels" / "oven.toml")
    assert kept["personas"] == ["baker_001", "planner_001"]
    assert told("generate", "panel", "--goal", "Open a bar", "--estimate")["estimate"]
