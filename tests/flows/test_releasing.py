"""A release is complete, says what is true, and is the same bytes every time."""

import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlcroissant  # pyright: ignore[reportMissingTypeStubs] - has none
import pytest
import yaml

from flows.conftest import KEY, World
from flows.proved import locked_contest
from lorewright.errors import Refused, UsageError
from lorewright.evaluate.proof import Origin
from lorewright.flows.inspecting import inspect
from lorewright.flows.proven import newest_proof
from lorewright.flows.publishing import publish_dataset
from lorewright.flows.sources import correct_licence, erase_source, withdraw_source
from lorewright.flows.survey import Survey
from lorewright.records import Finding, Release, Split, Verb
from lorewright.release import SigningKey
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, decide, verify, written_files
from made_up import KILNS, PUMPS, WEIGHTS, files_in, make_up

GOLDEN = Path(__file__).parent / "golden"
DIGITS = re.compile(r"[0-9a-f]{8,64}|\b\d+ B\b")


def test_a_release_holds_everything_that_is_known(world: World) -> None:
    done = world.release()

    assert set(files_in(done.folder)) == {
        "NOTICE",
        "README.md",
        "adapter/adapter_config.json",
        "adapter/adapter_model.safetensors",
        "bibliography.bib",
        "bibliography.json",
        "dataset-card.md",
        "key.pub",
        "lineage.jsonl",
        "manifest.dsse.json",
        "manifest.json",
        "records.jsonl",
        "verdict.json",
    }
    assert (done.folder / "adapter" / "adapter_model.safetensors").read_bytes() == WEIGHTS
    assert inspect(done.folder).is_intact
    assert world.store.get(done.record.ref, Release) == done.record


def test_the_same_release_is_the_same_bytes_on_another_machine(
    world: World, tmp_path: Path
) -> None:
    first = files_in(world.release().folder)
    other = Workspace(tmp_path / "other")
    other.make()
    with other.open(Settings()) as store:
        second = files_in(World(other, store, make_up(store)).release().folder)

    assert first == second


def test_releasing_again_changes_nothing(world: World) -> None:
    first = world.release()
    before = files_in(first.folder)

    again = world.release()

    assert again.record == first.record
    assert files_in(again.folder) == before
    assert list(world.store.names(Release.kind)) == [first.record.ref]


def test_without_the_examples_no_word_of_them_leaves(world: World) -> None:
    words = b" ".join(files_in(world.release().folder).values())

    assert b"dry is damaged" not in words
    assert b"cracks every pot" not in words
    assert b"what does rule" not in words


def test_the_manifest_names_every_file_source_and_document(world: World) -> None:
    done = world.release()

    told = json.loads((done.folder / "manifest.json").read_bytes())
    subjects = {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
    for name, content in files_in(done.folder).items():
        if name not in {"manifest.json", "manifest.dsse.json", "key.pub"}:
            assert subjects.pop(name) == hashlib.sha256(content).hexdigest()
    assert subjects == {
        "root:coach": world.made.dataset.root,
        world.made.dataset.ref: world.made.dataset.ref.id,
        world.made.adapter.ref: world.made.adapter.ref.id,
    }
    dependencies = told["predicate"]["resolvedDependencies"]
    assert {one["digest"]["sha256"] for one in dependencies} == {
        hashlib.sha256(text.encode()).hexdigest() for text in (PUMPS, KILNS)
    }
    assert told["predicate"]["verdict"] == (world.made.verdict.ref if world.made.verdict else None)


def test_a_release_without_a_verdict_says_that_it_is_unproven(store: Store, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    world = World(workspace, store, make_up(store, finding=None))

    done = world.release()

    assert done.record.verdict is None
    assert "**Unproven:" in (done.folder / "README.md").read_text(encoding="utf-8")
    assert json.loads((done.folder / "verdict.json").read_bytes())["record"] is None
    assert inspect(done.folder).told is not None
    found = inspect(done.folder)
    assert found.is_intact
    assert found.told is not None
    assert found.told.sentence == "unproven: no verdict was given"


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (None, "unproven"),
        (Finding.LEARNED_FORMAT, "not shown to have learned content"),
        (Finding.WORSE, "worse than the base"),
    ],
)
def test_the_gate_refuses_what_was_not_shown_to_be_better(
    workspace: Workspace, store: Store, finding: Finding | None, why: str
) -> None:
    world = World(workspace, store, make_up(store, finding=finding))

    with pytest.raises(Refused, match=why):
        world.release(require_better=True)

    assert not workspace.releases.exists()
    assert world.release().record.name == "coach"


def test_the_gate_lets_pass_what_learned_content(world: World) -> None:
    assert world.release(require_better=True).record.verdict is not None


def test_a_version_is_counted_up_and_means_one_thing(world: World) -> None:
    assert world.release().record.version == "1"
    source = world.made.sources[0].ref
    correct_licence(world.store, source, "CC0-1.0", why="the publisher wrote", by="Ada")

    with pytest.raises(Refused, match="was released already, with other content"):
        world.release()
    before = files_in(world.workspace.releases / "coach-1")
    assert b"CC-BY-4.0" in before["NOTICE"]

    second = world.release(version="2")
    assert b"CC0-1.0 (corrected: the publisher wrote)" in files_in(second.folder)["NOTICE"]


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "a b"])
def test_a_name_that_no_folder_can_have_is_refused(world: World, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        world.release(name=name or "..")
    with pytest.raises(UsageError, match="cannot be the name"):
        world.release(version=name or "..")


def test_a_place_that_holds_something_else_is_left_alone(world: World, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "letter.txt").write_text("keep me", encoding="utf-8")

    with pytest.raises(UsageError, match="holds something else"):
        world.release(out=place)

    assert files_in(place) == {"letter.txt": b"keep me"}
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_what_rests_on_a_withdrawn_source_is_not_released(world: World) -> None:
    withdraw_source(world.store, world.made.sources[0].ref, why="no consent", by="Ada")

    with pytest.raises(Refused, match="no consent"):
        world.release()


def test_erasing_a_source_destroys_the_release_and_names_copies_outside(
    world: World, tmp_path: Path
) -> None:
    inside = world.release(with_data=True)
    outside = world.release(version="2", out=tmp_path / "away")

    gone = erase_source(
        world.workspace, world.store, world.made.sources[0].ref, why="the contract ended"
    )

    assert not inside.folder.exists()
    assert str(outside.folder) in gone.out_of_reach
    assert inside.record.ref in gone.erased
    assert world.made.adapter.ref in gone.must_retrain
    found = verify(world.store, world.workspace.folder)
    assert found.is_intact, found.problems
    assert any("pumps.md" not in line for line in found.erased)
    for content in files_in(world.workspace.folder).values():
        assert b"pumps.md" not in content
    with pytest.raises(Refused, match="the contract ended"):
        world.release()


def test_the_workspace_notices_a_changed_release(world: World) -> None:
    done = world.release()
    assert verify(world.store, world.workspace.folder).is_intact
    with (done.folder / "README.md").open("a", encoding="utf-8") as card:
        card.write("more")

    problems = verify(world.store, world.workspace.folder).problems

    assert [one.thing for one in problems] == ["file releases/coach-1/README.md"]


def test_a_release_that_is_cut_off_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_message: bytes) -> bytes:
        raise KeyboardInterrupt

    key = SigningKey.new()
    monkeypatch.setattr(key, "sign", stop)
    with pytest.raises(KeyboardInterrupt):
        world.release(key=key)

    assert list(world.workspace.releases.iterdir()) == []
    assert written_files(world.store) == []
    assert inspect(world.release().folder).is_intact


def test_words_are_not_handed_out_under_an_unknown_licence(
    workspace: Workspace, store: Store
) -> None:
    world = World(workspace, store, make_up(store, licence="unknown"))

    with pytest.raises(Refused, match=r"which licence these stand: pumps\.md"):
        world.release(with_data=True)
    with pytest.raises(Refused, match=r"pumps\.md"):
        publish_dataset(workspace, store, world.made.dataset)

    done = world.release()
    assert done.facts.data.without_licence[0].file_name == "pumps.md"
    assert "pumps.md" in (done.folder / "README.md").read_text(encoding="utf-8").split("## Lic")[1]
    taken_upon = world.release(version="2", with_data=True, allow_unknown_licence=True)
    assert "data/train.jsonl" in files_in(taken_upon.folder)


def test_every_number_on_the_cards_is_counted(world: World) -> None:
    facts = world.release().facts.data

    assert facts.requested == facts.accepted + facts.turned_down + facts.failed == 17
    assert {(one.step, one.reason): one.count for one in facts.rejected} == {
        ("generate", "too_short"): 1,
        ("curate", "near_duplicate"): 1,
    }
    taken = [one.ref for one in world.made.examples]
    dropped = max(taken)
    kept = [one for one in world.made.examples if one.ref != dropped]
    assert facts.living == facts.accepted == len(kept)
    for source, document in zip(world.made.sources, world.made.documents, strict=True):
        fact = next(one for one in facts.sources if one.ref == source.ref)
        resting = [one for one in kept if one.evidence[0].document == document.ref]
        assert fact.examples == len(resting)
        assert fact.covered == len("".join(resting[0].evidence[0].quote.split()))


def test_reviews_are_counted_unless_they_were_taken_back(world: World) -> None:
    ref = min(one.ref for one in world.made.examples)
    other = sorted(one.ref for one in world.made.examples)[1]
    for one in (ref, other):
        decide(world.store, one, Verb.ACCEPT, why="good", by="Ada")
    decide(world.store, other, Verb.UNDO, why="by mistake", by="Ada")

    assert world.release().facts.data.reviewed == 1


def test_a_card_of_erased_sources_says_what_is_gone(world: World) -> None:
    erase_source(world.workspace, world.store, world.made.sources[0].ref, why="asked to")

    survey = Survey(world.store, world.made.dataset).facts()
    done = publish_dataset(world.workspace, world.store, world.made.dataset)

    assert survey.erased
    assert done.facts.living < done.facts.accepted
    card = (done.folder / "README.md").read_text(encoding="utf-8")
    assert "Destroyed since the dataset was frozen" in card
    assert "of these were erased since" in card


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # of the validator
def test_croissant_is_valid_and_loads_every_record_offline(world: World) -> None:
    done = publish_dataset(world.workspace, world.store, world.made.dataset)

    loaded = mlcroissant.Dataset(jsonld=str(done.folder / "croissant.json"))

    assert not loaded.metadata.ctx.issues.errors
    read: dict[str, list[dict[str, Any]]] = {
        split.value: list(loaded.records(split.value))
        for split in (Split.TRAIN, Split.VALID, Split.RECALL)
    }
    kept = {one.ref: one for one in world.made.examples}
    assert {split: len(rows) for split, rows in read.items()} == {
        one.split.value: one.count for one in world.made.dataset.splits if one.count
    }
    for split, rows in read.items():
        for row in rows:
            example = kept[row[f"{split}/example"].decode()]
            assert row[f"{split}/question"].decode() == example.question
            assert row[f"{split}/answer"].decode() == example.answer
            assert row[f"{split}/split"].decode() == split
            (cited,) = row[f"{split}/evidence"]
            assert cited[f"{split}/evidence/start"] == example.evidence[0].start
            assert [
                one[f"{split}/messages/content"].decode() for one in row[f"{split}/messages"]
            ] == [turn.text for turn in example.turns]


def test_croissant_says_what_the_dataset_was_derived_from(world: World) -> None:
    done = publish_dataset(world.workspace, world.store, world.made.dataset)

    told = json.loads((done.folder / "croissant.json").read_bytes())

    assert {(one["sha256"], one["license"]) for one in told["prov:wasDerivedFrom"]} == {
        (one.content.sha256, one.licence) for one in world.made.sources
    }
    for file in told["distribution"]:
        content = (done.folder / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "name", ["README.md", "dataset-card.md", "NOTICE", "bibliography.bib", "bibliography.json",
             "croissant.json", "manifest.json", "verdict.json"]
)  # fmt: skip
def test_what_is_written_is_what_was_agreed(world: World, name: str) -> None:
    content = files_in(world.release(with_data=True).folder)[name].decode()
    golden = GOLDEN / name

    # Names change with the shape of any record, and are checked elsewhere.
    shown = DIGITS.sub("…", content)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")

    assert sorted(shown.splitlines()) == sorted(golden.read_text(encoding="utf-8").splitlines())


def test_hubs_can_read_the_top_of_both_cards(world: World) -> None:
    files = files_in(world.release(with_data=True).folder)

    adapter, data = (
        yaml.safe_load(files[name].decode().split("---\n")[1])
        for name in ("README.md", "dataset-card.md")
    )

    assert adapter["base_model_relation"] == "adapter"
    assert adapter["library_name"] == "peft"
    assert adapter["license"] == data["license"] == ["cc-by-4.0", "cc0-1.0"]
    assert data["size_categories"] == ["n<1K"]
    for file in data["configs"][0]["data_files"]:
        assert file["path"] in files


def test_a_control_is_not_released(world: World) -> None:
    control = world.made.adapter.model_copy(update={"role": "permuted-control"})
    world.store.put(control)

    with pytest.raises(UsageError, match="is a control"):
        world.release(adapter=control.ref)


def test_the_key_is_what_the_record_says(world: World) -> None:
    assert world.release().record.signer == KEY.public.keyid


def a_rated_world(workspace: Workspace, store: Store, *origins: Origin) -> World:
    """A made-up adapter that ratings prove, once for each origin."""
    proved = locked_contest(workspace, store)
    answers = proved.answers()
    for origin in origins:
        proved.rate(1.2, answers, origin=origin)
        assert proved.prove(answers).origin == origin
    return World(workspace, store, proved.made)


def test_a_card_tells_what_measured_ratings_prove(workspace: Workspace, store: Store) -> None:
    world = a_rated_world(workspace, store, "measured")

    done = world.release(require_proven=True)

    card = (done.folder / "README.md").read_text(encoding="utf-8")
    told = json.loads((done.folder / "proof.json").read_bytes())
    manifest = json.loads((done.folder / "manifest.json").read_bytes())
    assert "## How it was rated\n\n**PROVEN, at least 15 %" in card
    assert told["verdict"] == manifest["predicate"]["rated"]["verdict"] == "proven"
    assert not [one for one in told["numbers"]["excluded"] if "first" in one]
    assert {one["by"] for one in told["numbers"]["raters"]} == {"judge"}
    assert told["numbers"]["contrasts"]["prompted-base"]["n"] == 60
    assert (done.folder / "evaluation.lock.toml").read_bytes().startswith(b"# What is evaluated")
    assert manifest["predicate"]["rated"]["lockSha256"] in card
    assert inspect(done.folder).is_intact


@pytest.mark.parametrize("origin", ["synthetic", "rehearsed"])
def test_made_up_ratings_reach_no_release(
    workspace: Workspace, store: Store, origin: Origin
) -> None:
    world = a_rated_world(workspace, store, origin)

    with pytest.raises(Refused, match="required to be proven, and it is not rated"):
        world.release(require_proven=True)

    files = files_in(world.release().folder)
    assert "proof.json" not in files
    assert not [name for name, content in files.items() if origin.encode() in content]
    assert b"How it was rated" not in files["README.md"]


def test_made_up_ratings_do_not_stand_in_for_older_measured_ones(
    workspace: Workspace, store: Store
) -> None:
    world = a_rated_world(workspace, store, "measured", "synthetic")

    told = json.loads((world.release(require_proven=True).folder / "proof.json").read_bytes())

    assert told["origin"] == "measured"


def test_made_up_ratings_cannot_even_be_handed_to_a_card(
    workspace: Workspace, store: Store
) -> None:
    world = a_rated_world(workspace, store, "synthetic")
    facts = world.release().facts
    proof = newest_proof(store, world.made.adapter.ref)
    assert proof is not None

    with pytest.raises(ValueError, match="synthetic reach no card"):
        replace(facts, rated=(proof.verdict, proof.lock))


def test_a_new_proof_is_another_version(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store)
    world = World(workspace, store, proved.made)
    before = world.release().record
    answers = proved.answers()
    proved.rate(0.0, answers, origin="measured", won=0.5)
    proved.prove(answers)

    after = world.release().record

    assert (before.version, after.version) == ("1", "2")
    with pytest.raises(Refused, match="required to be proven"):
        world.release(require_proven=True)
