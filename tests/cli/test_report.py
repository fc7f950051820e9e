"""The page of a proof from the command line."""

from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from flows.proved import locked_contest, rules
from lorewright.lineage import Ref
from lorewright.settings import Settings
from lorewright.store import Workspace


@pytest.fixture
def proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ref:
    """A proof from ratings that were made up."""
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        proved = locked_contest(workspace, store, scenarios=24, settings=rules())
        answers = proved.answers()
        proved.rate(1.2, answers, won=0.9)
        verdict = proved.prove(answers)
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(workspace.folder))
    monkeypatch.chdir(tmp_path)
    return verdict.ref


def test_a_proof_that_is_named_gets_its_page_alone(proof: Ref, tmp_path: Path) -> None:
    page = tmp_path / "coach.html"

    found = told("report", str(proof), "--out", str(page))

    assert found["path"] is None
    assert (found["proof"]["origin"], found["proof"]["path"]) == ("synthetic", str(page))
    assert "SYNTHETIC" in page.read_text(encoding="utf-8")
    assert Path(found["proof"]["answers"]).read_text(encoding="utf-8").count("\n") == 24


def test_its_headline_says_what_it_rests_on(proof: Ref) -> None:
    assert "made up, to test the evaluator" in done("report", str(proof)).out


def test_a_proof_that_is_not_there_is_named(proof: Ref) -> None:
    said = lorewright("report", f"{proof.kind}:{'0' * 64}")

    assert said.code != 0
    assert "Traceback" not in said.err
