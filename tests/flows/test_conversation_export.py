"""Which conversations go into a file, what it is called, and that nothing is lost on the way."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from builders import WORDS, a_recipe, a_source
from conversations.brightrun.written_talks import assert_valid_v4
from conversations.talks import ARC, KEPT, a_conversation, a_talk, raw_of
from lorewright.conversations.brightrun.differences import differences
from lorewright.conversations.examples import example_of
from lorewright.errors import NotYet, StorageError, UsageError
from lorewright.flows.conversation_choice import Wanted
from lorewright.flows.conversation_export import UNFINISHED, Exported, Order, export_conversations
from lorewright.flows.conversation_files import import_conversations
from lorewright.flows.enriching import enrich_conversations, enrichment_of
from lorewright.records import Conversation, Example, Verb
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, decide, erase, verify, written_files

SETTINGS = Settings()
V4 = "brightrun-v4"


def corpus() -> Path:
    place = os.environ.get("LOREWRIGHT_CORPUS")
    return Path(place) if place else Path(__file__).parents[2].parent / "shared" / "corpus"


def keep(store: Store, *kept: Conversation) -> list[Conversation]:
    """Conversations of the workspace, enriched."""
    store.put(a_recipe("converse"), *KEPT, *kept)
    enrich_conversations(store, SETTINGS)
    return list(kept)


def broken(number: int) -> Conversation:
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    return a_conversation(raw_of(talk), number=number)


def export(workspace: Workspace, store: Store, order: Order | None = None) -> Exported:
    return export_conversations(workspace, store, SETTINGS, order or Order(V4, check=True))


def ids_in(path: Path) -> list[str]:
    told = json.loads(path.read_text(encoding="utf-8"))["conversations"]
    return [one["conversation_metadata"]["conversation_id"] for one in told]


def test_every_conversation_is_written_or_counted(workspace: Workspace, store: Store) -> None:
    kept = keep(store, a_conversation(number=2), a_conversation(number=1), broken(3))
    waiting = a_conversation(number=4)
    store.put(waiting)
    made = export(workspace, store)

    assert (made.requested, made.written) == (4, 2)
    assert made.reasons == {"validation_failed": 1, "waiting": 1}
    assert {one.conversation for one in made.left_out} == {kept[2].ref, waiting.ref}
    assert made.differences == []
    assert made.pairs == 16
    assert ids_in(made.path) == ["balanced-1-0001", "balanced-1-0002"]
    file = json.loads(made.path.read_text(encoding="utf-8"))
    assert_valid_v4(file)
    assert file["consultant_profile"]["name"] == "Ada Brook, CFP"
    assert file["training_file_metadata"]["vertical"] == "financial_planning_consultant"
    lines = [json.loads(line) for line in made.lineage.read_text().splitlines()]
    assert [line["conversation"] for line in lines] == [kept[1].ref, kept[0].ref]
    newest = enrichment_of(store, kept[1].ref)
    assert newest is not None
    assert lines[0]["enrichment"] == newest.ref


def test_the_same_conversations_give_the_same_bytes_and_the_same_version(
    workspace: Workspace, store: Store
) -> None:
    keep(store, a_conversation())
    first = export(workspace, store)
    before = first.path.read_bytes()
    again = export(workspace, store)

    assert first.version == again.version
    assert (first.path, before) == (again.path, again.path.read_bytes())
    assert first.path.name == "conversations-v1.brightrun-v4.json"


def test_a_version_rises_when_conversations_change_and_says_what_changed(
    workspace: Workspace, store: Store
) -> None:
    keep(store, a_conversation(number=1), a_conversation(number=2))
    first = export(workspace, store)
    keep(store, a_conversation(number=3))
    second = export(workspace, store)
    talk = a_talk()
    talk["turns"][0]["content"] += " And when?"
    keep(store, a_conversation(raw_of(talk), number=1))
    third = export(workspace, store)

    assert first.version is not None
    assert second.version is not None
    assert third.version is not None
    assert [one.version for one in (first.version, second.version, third.version)] == [1, 2, 3]
    assert second.version.changes == {"added": 1, "removed": 0, "changed": 0}
    assert second.version.shown["added"] == ["balanced-1-0003"]
    assert third.version.changes == {"added": 0, "removed": 0, "changed": 1}
    assert third.reasons == {"older_of_the_same_id": 1}
    head = json.loads(third.path.read_text())["training_file_metadata"]
    assert head["input_parameters"]["file_version"] == 3
    assert head["input_parameters"]["changes"] == third.version.changes
    assert first.path.is_file()


def test_the_newest_of_one_id_is_written_and_the_older_is_told(
    workspace: Workspace, store: Store
) -> None:
    talk = a_talk()
    talk["turns"][0]["content"] += " Please."
    old, new = a_conversation(), a_conversation(raw_of(talk))
    keep(store, old)
    keep(store, new)
    made = export(workspace, store)

    (left,) = made.left_out
    assert (left.conversation, left.reason) == (old.ref, "older_of_the_same_id")
    assert new.ref.short in left.detail
    assert "Please." in made.path.read_text()


def test_an_older_one_is_written_as_long_as_the_newer_is_broken(
    workspace: Workspace, store: Store
) -> None:
    good = keep(store, a_conversation(number=3))[0]
    keep(store, broken(3))
    made = export(workspace, store)

    assert made.reasons == {"validation_failed": 1}
    assert json.loads(made.lineage.read_text())["conversation"] == good.ref


def test_filters_choose_and_count_the_others(workspace: Workspace, store: Store) -> None:
    other = a_conversation(number=2).model_copy(
        update={
            "scaffold": a_conversation().scaffold.model_copy(
                update={"emotional_arc_key": "grief_to_healing"}
            )
        }
    )
    control = a_conversation(number=3).model_copy(update={"is_control": True})
    keep(store, a_conversation(number=1), other, control)
    by_arc = Wanted(arcs=frozenset({ARC.key}))
    controls = Wanted(controls=True)

    assert ids_in(export(workspace, store).path) == ["balanced-1-0001", "balanced-1-0002"]
    made = export(workspace, store, Order(V4, name="fear", wanted=by_arc))
    assert (made.written, made.reasons) == (1, {"control": 1, "not_chosen": 1})
    neutral = export(workspace, store, Order(V4, name="neutral", wanted=controls))
    assert (neutral.written, neutral.reasons) == (1, {"original": 2})
    with pytest.raises(
        NotYet, match="none of the 3 conversations can be written: 2 not chosen, 1 control"
    ):
        export(workspace, store, Order(V4, wanted=Wanted(tiers=frozenset({"rejected"}))))


def an_example(store: Store, conversation: Conversation) -> Example:
    enrichment = enrichment_of(store, conversation.ref)
    assert enrichment is not None
    recipe = a_recipe("converse")
    made = example_of(enrichment, conversation, recipe=recipe.ref, header=False)
    assert isinstance(made, Example)
    store.put(made)
    return made


def test_what_people_decided_here_counts(workspace: Workspace, store: Store) -> None:
    read, bad, other = keep(store, *(a_conversation(number=number) for number in (1, 2, 3)))
    decide(store, an_example(store, read).ref, Verb.ACCEPT, why="good", by="Ada")
    decide(store, an_example(store, bad).ref, Verb.REJECT, why="cold", by="Ada")
    made = export(workspace, store)
    head = json.loads(made.path.read_text())["training_file_metadata"]
    reviewed = export(workspace, store, Order(V4, name="read", wanted=Wanted(reviewed=True)))

    assert made.reasons == {"turned_down_in_review": 1}
    assert head["quality_summary"]["human_reviewed_count"] == 8
    assert head["quality_summary"]["human_reviewed_percentage"] == 50
    assert reviewed.reasons == {"turned_down_in_review": 1, "not_reviewed": 1}
    assert {one.conversation for one in reviewed.left_out} == {bad.ref, other.ref}
    assert made.differences == []


def test_what_rests_on_a_withdrawn_source_stays_out(workspace: Workspace, store: Store) -> None:
    source = a_source()
    store.put_blob(WORDS.encode())
    store.put(source)
    keep(store, a_conversation(made_from=(source.ref,)), a_conversation(number=2))
    decide(store, source.ref, Verb.WITHDRAW, why="contract ended", by="Ada")
    made = export(workspace, store)

    assert (made.written, made.reasons) == (1, {"withdrawn": 1})


def test_a_file_is_checked_by_verify_and_destroyed_by_erase(
    workspace: Workspace, store: Store
) -> None:
    source = a_source()
    store.put_blob(WORDS.encode())
    store.put(source)
    keep(store, a_conversation(made_from=(source.ref,)))
    made = export(workspace, store)
    assert not verify(store, workspace.folder).problems
    with made.path.open("ab") as file:
        file.write(b" ")
    (problem,) = verify(store, workspace.folder).problems
    assert made.path.name in problem.thing
    erase(store, source.ref, workspace.folder, why="asked to")

    assert not made.path.exists()
    assert not made.lineage.exists()


def test_no_half_file_is_left_when_writing_fails(workspace: Workspace, store: Store) -> None:
    keep(store, a_conversation())
    place = workspace.exports / "conversations"
    place.parent.mkdir(parents=True)
    place.write_text("in the way")
    with pytest.raises(StorageError, match="the file cannot be written"):
        export(workspace, store)

    assert not list(workspace.exports.rglob(f"*{UNFINISHED}"))
    assert not [one for one in written_files(store) if one.path.endswith(UNFINISHED)]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (Order("xml"), "conversations have no format 'xml'"),
        (Order(V4, raw=True), "cannot be written raw"),
        (Order("csv", check=True), "a file in the format csv is not read back"),
        (Order(V4, name="../x"), "cannot be the name of a file"),
    ],
    ids=["format", "raw", "check", "name"],
)
def test_an_order_that_fits_no_format_is_refused(
    workspace: Workspace, store: Store, order: Order, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        export(workspace, store, order)


def test_without_conversations_it_says_where_they_come_from(
    workspace: Workspace, store: Store
) -> None:
    with pytest.raises(NotYet, match="there are no conversations") as error:
        export(workspace, store)

    assert "lorewright import" in str(error.value.hint)


def test_what_a_format_cannot_hold_is_told(workspace: Workspace, store: Store) -> None:
    talk = a_talk()
    talk["conversation_metadata"]["conversation_phase"] = "small_talk"
    keep(store, a_conversation(), a_conversation(raw_of(talk), number=2))
    made = export(workspace, store, Order("brightrun-v5", check=True))

    assert (made.written, made.reasons) == (1, {"format_cannot_hold_it": 1})
    assert made.left_out[0].detail == "version 5 has no phase 'small_talk'"
    assert made.differences == []


@pytest.mark.parametrize("format_", ["messages", "csv", "markdown", "json"])
@pytest.mark.parametrize("raw", [False, True])
def test_downloads_are_written_raw_and_enriched(
    workspace: Workspace, store: Store, format_: str, *, raw: bool
) -> None:
    keep(store, a_conversation(), broken(2), a_conversation("no JSON", number=3))
    made = export(workspace, store, Order(format_, raw=raw))
    text = made.path.read_text(encoding="utf-8")

    assert "I lie awake over what happens" in text
    if not raw:
        assert (made.written, made.reasons) == (1, {"validation_failed": 2})
        assert made.path.name.startswith(f"conversations-v1.{format_}.")
    elif format_ == "json":
        assert made.written == 3
    else:
        assert (made.written, made.reasons) == (2, {"format_cannot_hold_it": 1})
        assert made.version is None
    if format_ == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == (15 if raw else 8)


@pytest.mark.corpus
def test_a_real_file_is_imported_exported_and_imported_again_without_a_difference(
    tmp_path: Path, workspace: Workspace, store: Store
) -> None:
    source = corpus() / "eq12" / "EQ-12-conversations-demo.json"
    if not source.is_file():
        pytest.skip("the corpus folder is not beside the project")
    import_conversations([source], store=store, settings=SETTINGS)
    first = export(workspace, store)
    lines = export(workspace, store, Order("brightrun-v4-jsonl", check=True))
    other = Workspace(tmp_path / "other")
    other.make()
    with other.open(SETTINGS) as second_store:
        import_conversations([first.path], store=second_store, settings=SETTINGS)
        second = export(other, second_store)
    file = json.loads(first.path.read_text(encoding="utf-8"))

    assert_valid_v4(file)
    assert (first.written, first.pairs, first.differences) == (12, 89, [])
    assert (lines.written, lines.pairs, lines.differences) == (12, 44, [])
    assert file["consultant_profile"]["name"] == "Elena Morales, CFP"
    assert differences(first.path, second.path) == []
    assert differences(first.path, lines.path) == []
