"""Adapters leave merged and as GGUF, with where they came from, or not at all."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

from lorewright import train
from lorewright.errors import BadRecord, Refused, UsageError
from lorewright.flows import registry
from lorewright.flows.adapter_files import (
    CONTROL,
    LINEAGE,
    FileWish,
    merge,
    told_of,
    was_quantised,
    write_gguf,
)
from lorewright.flows.naming import set_newest
from lorewright.flows.registry import Entry
from lorewright.flows.sources import erase_source, withdraw_source
from lorewright.inference import library
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Recipe,
    Source,
    StoredFile,
)
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, verify, written_files
from lorewright.train.merging import BOUNDS
from made_up import make_up
from train.conftest import make_base
from train.made_adapters import an_adapter

CONVERTER = Path(__file__).parents[1] / "train" / "converter_stand_in.py"
POCKET = FileWish("pocket")


class Trained(NamedTuple):
    workspace: Workspace
    store: Store
    adapter: Adapter
    source: Source

    def entry(self, adapter: Adapter | None = None) -> Entry:
        return registry.entry_of(self.store, (adapter or self.adapter).ref)

    def another(self, *, role: str = "tuned", **settings: str) -> Entry:
        """The same weights, as if they had been trained otherwise."""
        recipe = Recipe(step="train", settings={**settings})
        made_from = [ref for ref in self.adapter.made_from if ref.kind != Recipe.kind]
        update = {"role": role, "made_from": (*made_from, recipe.ref)}
        adapter = self.adapter.model_copy(update=update)
        self.store.put(recipe, adapter)
        return self.entry(adapter)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tiny base and an adapter for it."""
    library("torch").set_num_threads(1)
    base = make_base(tmp_path_factory.mktemp("base"), "llama")
    return base, an_adapter(base, tmp_path_factory.mktemp("adapter") / "job")


@pytest.fixture
def trained(files: tuple[Path, Path], tmp_path: Path) -> Generator[Trained]:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        made = make_up(store)

        def put(folder: Path) -> tuple[StoredFile, ...]:
            return tuple(
                StoredFile(path=path.name, blob=store.put_blob(path.read_bytes()))
                for path in sorted(folder.iterdir())
            )

        base = BaseLanguageModel(
            name="tiny",
            origin="pocket",
            architecture="LlamaForCausalLM",
            parameters=1000,
            files=put(files[0]),
            made_from=(made.dataset.ref,),
        )
        recipe = made.adapter.made_from[-1]
        adapter = made.adapter.model_copy(
            update={"files": put(files[1]), "made_from": (made.dataset.ref, base.ref, recipe)}
        )
        store.put(base, adapter)
        set_newest(store, adapter.ref)
        yield Trained(workspace, store, adapter, made.sources[0])


def test_a_merged_folder_says_where_it_is_from(trained: Trained, tmp_path: Path) -> None:
    registry.name_adapter(trained.store, trained.adapter.ref, "coach", why="x", by="Ada")
    entry = trained.entry()

    done = merge(trained.workspace, trained.store, entry, FileWish("pocket", tmp_path / "coach"))

    told = json.loads((done.folder / LINEAGE).read_bytes())
    assert told["adapter"] == trained.adapter.ref
    assert told["versions"] == ["coach@1"]
    assert told["dataset"]["root"] == entry.dataset.root
    assert told["merged"] == told_of(done.merged)
    listed = {file["path"]: file for file in told["files"]}
    lying = {path.name: path for path in done.folder.iterdir() if path.name != LINEAGE}
    assert listed.keys() == lying.keys() >= {"config.json", "model.safetensors", "tokenizer.json"}
    for name, path in lying.items():
        assert train.hashed(path, name=name).sha256 == listed[name]["sha256"]
    assert {file.path for file in written_files(trained.store)} >= {str(lying["config.json"])}


def test_merging_again_replaces_the_folder_and_nothing_else(
    trained: Trained, tmp_path: Path
) -> None:
    done = merge(trained.workspace, trained.store, trained.entry(), POCKET)
    assert done.folder.is_relative_to(trained.workspace.exports)
    again = merge(trained.workspace, trained.store, trained.entry(), POCKET)
    assert [file.sha256 for file in done.files] == [file.sha256 for file in again.files]
    assert not list(verify(trained.store, trained.workspace.folder).problems)

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(UsageError, match="holds something else"):
        merge(
            trained.workspace, trained.store, trained.entry(), FileWish("pocket", tmp_path / "mine")
        )
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


def test_a_merge_that_answers_otherwise_leaves_no_folder(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BOUNDS, "float32", -1.0)

    with pytest.raises(BadRecord, match="answer otherwise"):
        merge(trained.workspace, trained.store, trained.entry(), POCKET)

    assert not any(trained.workspace.exports.iterdir())
    assert not written_files(trained.store)


def test_a_control_is_merged_only_when_it_is_named(trained: Trained) -> None:
    control = trained.another(role="permuted-control")

    with pytest.raises(Refused, match="wrong answers on purpose"):
        merge(trained.workspace, trained.store, control, POCKET)
    with pytest.raises(Refused, match="wrong answers on purpose"):
        write_gguf(trained.workspace, trained.store, control, POCKET)
    done = merge(
        trained.workspace, trained.store, control, FileWish("pocket", force=frozenset({CONTROL}))
    )
    assert json.loads((done.folder / LINEAGE).read_bytes())["role"] == "permuted-control"


def test_what_rests_on_a_withdrawn_source_does_not_leave(trained: Trained) -> None:
    withdraw_source(trained.store, trained.source.ref, why="the author asked", by="Ada")

    for leave in (merge, write_gguf):
        with pytest.raises(Refused, match="the author asked"):
            leave(trained.workspace, trained.store, trained.entry(), POCKET)


def test_erasing_a_source_destroys_what_was_merged_in_the_workspace(
    trained: Trained, tmp_path: Path
) -> None:
    inside = merge(trained.workspace, trained.store, trained.entry(), POCKET)
    outside = write_gguf(
        trained.workspace,
        trained.store,
        trained.entry(),
        FileWish("pocket", tmp_path / "coach.gguf", converter=CONVERTER),
    )

    plan = erase_source(trained.workspace, trained.store, trained.source.ref, why="asked")

    assert not inside.folder.exists()
    assert plan.out_of_reach == [str(outside.path)]


def test_weights_without_an_adapter_are_not_merged(trained: Trained) -> None:
    whole = trained.adapter.model_copy(update={"files": trained.adapter.files[1:]})
    trained.store.put(whole)

    with pytest.raises(UsageError, match="holds whole weights already"):
        merge(trained.workspace, trained.store, trained.entry(whole), POCKET)


def test_a_gguf_file_is_merged_or_alone(trained: Trained) -> None:
    wish = FileWish("pocket", converter=CONVERTER)
    whole = write_gguf(trained.workspace, trained.store, trained.entry(), wish)
    alone = write_gguf(
        trained.workspace, trained.store, trained.entry(), wish._replace(alone=True, out_type="f32")
    )

    assert whole.merged is not None
    assert alone.merged is None
    assert whole.path.name.startswith("merged-")
    assert whole.path.name.endswith("-f16.gguf")
    assert alone.path.name.endswith("-f32.gguf")
    assert alone.header.tensors == 2 * 2 * 7
    assert whole.path.stat().st_size == whole.size == 24
    again = write_gguf(trained.workspace, trained.store, trained.entry(), wish)
    assert again.path == whole.path
    assert sorted(path.name for path in trained.workspace.exports.iterdir()) == sorted(
        [whole.path.name, alone.path.name]
    )


def test_a_place_that_holds_something_else_is_left_alone(trained: Trained, tmp_path: Path) -> None:
    place = tmp_path / "letter.gguf"
    place.write_text("keep me")

    with pytest.raises(UsageError, match="holds something else"):
        write_gguf(
            trained.workspace,
            trained.store,
            trained.entry(),
            FileWish("pocket", place, converter=CONVERTER),
        )
    assert place.read_text() == "keep me"


@pytest.mark.parametrize(
    ("settings", "is_quantised"),
    [
        ({}, False),
        ({"method": "lora", "quantisation": "auto"}, False),
        ({"method": "qlora"}, True),
        ({"method": "lora", "quantisation": "nf4"}, True),
        ({"quantisation": "none"}, False),
    ],
)
def test_whether_the_base_stood_in_four_bits_is_read_from_the_recipe(
    trained: Trained, settings: dict[str, str], *, is_quantised: bool
) -> None:
    assert was_quantised(trained.store, trained.another(**settings)) is is_quantised


@pytest.mark.parametrize("chosen", ["nf4", "none"])
def test_what_the_trainer_chose_counts_more_than_what_it_was_told(
    trained: Trained, chosen: str
) -> None:
    blob = trained.store.put_blob(json.dumps({"quantisation": chosen}).encode())
    files = (*trained.adapter.files, StoredFile(path="training.json", blob=blob))
    adapter = trained.adapter.model_copy(update={"files": files})
    trained.store.put(adapter)

    done = merge(trained.workspace, trained.store, trained.entry(adapter), POCKET)

    told = json.loads((done.folder / LINEAGE).read_bytes())
    assert told["trained_beside_four_bits"] is done.beside_four_bits is (chosen == "nf4")
