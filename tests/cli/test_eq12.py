"""Real training files: from the file somebody else wrote to an adapter, without a document."""

import os
from pathlib import Path

import pytest

from cli.program import done, lorewright, told

CORPUS = Path(
    os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[2].parent / "shared" / "corpus")
)
FILE = CORPUS / "eq12" / "EQ-12-conversations-demo.json"
SETTINGS = {"LOREWRIGHT_GENERATION__TEACHER": "conversations"}


@pytest.mark.skipif(not FILE.exists(), reason="the EQ-12 files are not here")
def test_a_training_file_becomes_an_adapter(workspace: Path, tmp_path: Path) -> None:
    brought = told("import", str(FILE), "--licence", "MIT")
    written = told("export", "--conversations", "--format", "brightrun-v4", "--check")
    data = told("curate", settings=SETTINGS)
    strict = {**SETTINGS, "LOREWRIGHT_TRAINING__FORCE": "[]"}
    checked = lorewright("train", "--check", "--json", settings=strict)
    trained = told("train", settings=SETTINGS)

    assert (brought["requested"], brought["accepted"], brought["failed"]) == (12, 12, 0)
    assert (written["written"], written["pairs"], written["differences"]) == (12, 89, [])
    assert data["requested"] == data["accepted"] + sum(data["rejected"].values()) == 12
    assert data["splits"]["train"] >= 8
    assert (checked.code, checked.told["blockers"]) == (1, ["too-few-steps"])
    assert trained["tuned"] != trained["control"]
    assert float(trained["held_out_loss"]) > 0
    assert "source:" in done("trace", trained["tuned"]).out
    assert done("verify").out.endswith("everything is as it was kept\n")
    assert (workspace / "exports").is_dir()
    assert not list(tmp_path.glob("*.json"))
