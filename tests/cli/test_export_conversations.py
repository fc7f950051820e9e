"""`export --conversations` writes a training file, checks it, and says what became of all."""

import json
from pathlib import Path

import pytest

from builders import a_recipe
from cli.program import done, lorewright, told
from conversations.talks import KEPT, a_conversation, a_talk, raw_of
from lorewright.cli.completing import offered
from lorewright.conversations.formats import FORMATS
from lorewright.records import Conversation
from lorewright.settings import Settings
from lorewright.store import Workspace


def keep(workspace: Path, *kept: Conversation) -> None:
    with Workspace(workspace).open(Settings()) as store:
        store.put(a_recipe("converse"), *KEPT, *kept)
    done("enrich")


def broken() -> Conversation:
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    return a_conversation(raw_of(talk), number=2)


def test_without_conversations_it_says_where_they_come_from(workspace: Path) -> None:
    assert workspace.is_dir()
    said = lorewright("export", "--conversations")

    assert said.code == 2
    assert "there are no conversations in this workspace" in said.err
    assert "lorewright generate conversations" in said.err


def test_a_training_file_is_written_and_read_back(workspace: Path) -> None:
    bad = broken()
    keep(workspace, a_conversation(), bad)
    said = done("export", "--format", "brightrun-v4", "--check")

    path = workspace / "exports" / "conversations" / "conversations-v1.brightrun-v4.json"
    lines = said.out.splitlines()
    assert lines[0] == f"1 conversation in {path}"
    assert lines[1:3] == [
        "2 conversations = 1 written + 1 left out",
        "        1  validation failed",
    ]
    assert f"left out: {bad.ref.short} balanced-1-0002: its newest enrichment has a blocker" in (
        said.out
    )
    assert lines[-3:-1][0] == "8 training pairs"
    assert lines[-2].startswith("conversations, version 1 of 2")
    assert lines[-1] == "read back: 0 differences"
    assert json.loads(path.read_text())["training_file_metadata"]["total_conversations"] == 1


def test_conversations_are_written_as_version_4_unless_a_format_is_named(workspace: Path) -> None:
    keep(workspace, a_conversation())
    first = told("export", "--conversations", "--name", "coach")
    keep(workspace, a_conversation(number=3))
    second = told("export", "--conversations", "--name", "coach", "--check")
    people = done("export", "--conversations", "--name", "coach").out

    assert (first["format"], first["version"], first["differences"]) == ("brightrun-v4", 1, None)
    assert (second["version"], second["changes"]) == (2, {"added": 1, "removed": 0, "changed": 0})
    assert second["changed_ids"]["added"] == ["balanced-1-0003"]
    assert second["differences"] == []
    assert "1 added (balanced-1-0003), 0 removed, 0 changed since version 1" in people


def test_what_is_exported_is_imported_elsewhere_and_says_the_same(
    workspace: Path, tmp_path: Path
) -> None:
    keep(workspace, a_conversation(), a_conversation(number=2))
    first = told("export", "--conversations", "--out", str(tmp_path / "out"))
    other = ("--workspace", str(tmp_path / "other"))
    brought = told("import", first["path"], "--licence", "CC0", *other)
    second = told("export", "--format", "brightrun-v4", "--check", *other)

    assert (brought["requested"], brought["accepted"]) == (2, 2)
    assert (second["written"], second["differences"]) == (2, [])


@pytest.mark.parametrize("raw", [(), ("--raw",)], ids=["enriched", "raw"])
@pytest.mark.parametrize("name", ["messages", "csv", "markdown", "json"])
def test_downloads_need_no_more_than_their_format(
    workspace: Path, name: str, raw: tuple[str, ...]
) -> None:
    keep(workspace, a_conversation(), broken())
    found = told("export", "--format", name, *raw)

    assert found["written"] == (2 if raw else 1)
    assert found["requested"] == found["written"] + sum(found["left_out"].values())
    assert Path(found["path"]).is_file()
    assert Path(found["lineage"]).is_file()
    assert found["version"] == (None if raw else 1)


def test_filters_are_counted(workspace: Path) -> None:
    keep(workspace, a_conversation())
    said = lorewright("export", "--conversations", "--arc", "grief_to_healing")
    kept = told(
        "export", "--conversations", "--arc", "fear_to_confidence", "--tier", "seed_dataset"
    )

    assert said.code == 2
    assert "none of the 1 conversations can be written: 1 not chosen" in said.err
    assert kept["written"] == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--conversations", "--format", "alpaca"), "alpaca is a format of datasets"),
        (("coach", "--conversations"), "a dataset holds examples"),
        (("--format", "csv", "--split", "train"), "conversations are in no split"),
        (("--check",), "--check is about conversations, and this exports a dataset"),
        (("--controls",), "--controls is about conversations"),
        (("--format", "brightrun-v4", "--raw"), "cannot be written raw"),
    ],
    ids=["format", "dataset", "split", "check", "controls", "raw"],
)
def test_a_wish_that_would_be_passed_over_is_refused(
    workspace: Path, words: tuple[str, ...], sentence: str
) -> None:
    assert workspace.is_dir()
    said = lorewright("export", *words)

    assert said.code == 2
    assert sentence in said.err


def test_a_shell_offers_every_format() -> None:
    assert offered(["export", "--format"], "b") == [one for one in FORMATS if one.startswith("b")]
    assert "openai-chat" in (offered(["export", "--format"], "") or [])
