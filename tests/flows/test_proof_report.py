"""The report of a verdict that was kept says what the verdict says."""

import json
from typing import Any

import pytest

from flows.proved import Proved, locked_contest, rules
from lorewright.errors import LorewrightError
from lorewright.flows.proof_report import newest_verdict, report_proof
from lorewright.store import Store, Workspace


def proved_with(workspace: Workspace, store: Store, **changed: Any) -> Proved:
    return locked_contest(workspace, store, scenarios=30, settings=rules(**changed))


def test_before_the_first_there_is_none(store: Store) -> None:
    assert newest_verdict(store) is None


def test_a_verdict_is_shown_as_it_was_decided(workspace: Workspace, store: Store) -> None:
    proved = proved_with(workspace, store)
    answers = proved.answers()
    proved.rate(1.2, answers, won=0.9)
    verdict = proved.prove(answers)

    written = report_proof(workspace, store, verdict)

    page = written.html.read_text(encoding="utf-8")
    told = written.markdown.read_text(encoding="utf-8")
    lines = written.lines.read_text(encoding="utf-8").splitlines()
    assert newest_verdict(store) == verdict
    assert verdict.headline in told
    assert "SYNTHETIC" in page
    assert proved.locked.record.sha256 in page
    assert "answers, tuned" in told
    assert "A1 emotion words" in told
    assert len(lines) == 30
    assert {json.loads(line)["scenario"] for line in lines} == {
        one.scenario_id for one in proved.scenarios
    }


def test_settings_that_changed_since_change_no_report(workspace: Workspace, store: Store) -> None:
    proved = proved_with(workspace, store)
    answers = proved.answers()
    proved.rate(1.2, answers)
    verdict = proved.prove(answers)
    first = report_proof(workspace, store, verdict).markdown.read_text(encoding="utf-8")

    proved.locked.path.write_text("edited = true\n", encoding="utf-8")
    again = report_proof(workspace, store, verdict).markdown.read_text(encoding="utf-8")

    def but_the_moment(text: str) -> list[str]:
        return [line for line in text.splitlines() if "; made " not in line]

    assert but_the_moment(again) == but_the_moment(first)


def test_a_reference_gives_words_to_be_held_against(workspace: Workspace, store: Store) -> None:
    proved = proved_with(workspace, store, answers={"reference": "rehearsal:sage"})
    answers = proved.answers()
    proved.rate(1.2, answers)

    told = report_proof(workspace, store, proved.prove(answers)).markdown.read_text(
        encoding="utf-8"
    )

    assert "chrF" in told
    assert "of the reference" in told


def test_what_was_erased_is_named(workspace: Workspace, store: Store) -> None:
    proved = proved_with(workspace, store)
    answers = proved.answers()
    proved.rate(1.2, answers)
    verdict = proved.prove(answers)
    bare = verdict.model_copy(
        update={
            "made_from": tuple(ref for ref in verdict.made_from if ref.kind != "evaluation_lock")
        }
    )

    with pytest.raises(LorewrightError, match="names no evaluation_lock"):
        report_proof(workspace, store, bare)
