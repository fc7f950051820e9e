"""Adapters are named, approved, retired, deployed and compared by decisions."""

import threading
from decimal import Decimal

import pytest
from pydantic import JsonValue

from flows.conftest import World
from lorewright.errors import NotFound, NotYet, Refused, UsageError
from lorewright.flows import registry
from lorewright.flows.adapter_diff import compare, flat
from lorewright.flows.naming import find
from lorewright.flows.sources import erase_source, restore_source, withdraw_source
from lorewright.records import (
    Adapter,
    AdapterState,
    Decision,
    DeploymentStatus,
    Example,
    Finding,
    Recipe,
    Split,
    Turn,
    Verb,
)
from lorewright.store import Making, Store, Workspace, decide, decisions_about, freeze, members
from made_up import make_up

BY = "Ada"


def another(world: World, **changes: JsonValue) -> Adapter:
    """A second adapter on the same dataset, by another recipe."""
    recipe = Recipe(step="train", settings={"rank": 8, "learning_rate": "0.006", **changes})
    parents = [ref for ref in world.made.adapter.made_from if ref.kind != "recipe"]
    adapter = world.made.adapter.model_copy(
        update={
            "made_from": (*parents, recipe.ref),
            "steps": 40,
            "train_loss": Decimal("0.050000"),
            "held_out_loss": Decimal("1.250000"),
        }
    )
    world.store.put(recipe, adapter)
    return adapter


def test_an_adapter_is_a_candidate_until_somebody_decides(world: World) -> None:
    name = world.made.adapter.ref

    entry = registry.entry_of(world.store, name)
    assert entry.history.state is AdapterState.CANDIDATE

    before, decision = registry.approve(world.store, name, why="read", by=BY)
    assert before == entry
    assert decision.value == (world.made.verdict.ref if world.made.verdict else None)
    assert registry.entry_of(world.store, name).history.state is AdapterState.APPROVED

    registry.retire(world.store, name, why="an older price list", by=BY)
    after = registry.entry_of(world.store, name)
    assert after.history.state is AdapterState.RETIRED
    assert [one.why for one in after.chain] == ["read", "an older price list"]
    assert after.adapter == world.made.adapter


def test_what_was_decided_already_is_not_decided_again(world: World) -> None:
    name = world.made.adapter.ref
    registry.approve(world.store, name, why="read", by=BY)

    with pytest.raises(UsageError, match=r"was approved already on .*: read"):
        registry.approve(world.store, name, why="again", by=BY)

    registry.retire(world.store, name, why="old", by=BY)
    with pytest.raises(UsageError, match="was retired already"):
        registry.retire(world.store, name, why="again", by=BY)
    assert len(decisions_about(world.store, name)) == 2


@pytest.mark.parametrize("finding", [None, Finding.LEARNED_FORMAT, Finding.WORSE])
def test_what_is_not_better_is_approved_unless_that_is_required(
    workspace: Workspace, store: Store, finding: Finding | None
) -> None:
    world = World(workspace, store, make_up(store, finding=finding))
    name = world.made.adapter.ref

    with pytest.raises(Refused, match="it is required to be better, and it is"):
        registry.approve(store, name, why="read", by=BY, require_better=True)
    entry, decision = registry.approve(store, name, why="read", by=BY)

    assert not entry.is_better
    assert decision.value == (world.made.verdict.ref if world.made.verdict else None)


def test_what_rests_on_a_withdrawn_source_is_not_approved_and_is_shown_as_barred(
    world: World,
) -> None:
    name = world.made.adapter.ref
    withdraw_source(world.store, world.made.sources[0].ref, why="the author asked", by=BY)

    with pytest.raises(Refused, match="the author asked"):
        registry.approve(world.store, name, why="read", by=BY)
    with pytest.raises(Refused, match="the author asked"):
        registry.deploy(world.store, name, "gateway-1", DeploymentStatus.PRODUCTION, why="x", by=BY)
    assert "withdrawn" in (registry.entry_of(world.store, name).barred or "")

    restore_source(world.store, world.made.sources[0].ref, why="permission came", by=BY)
    registry.approve(world.store, name, why="read", by=BY)
    assert registry.entry_of(world.store, name).barred is None


def test_what_rests_on_an_erased_source_can_only_be_retired(world: World) -> None:
    name = world.made.adapter.ref
    erase_source(world.workspace, world.store, world.made.sources[0].ref, why="asked")

    with pytest.raises(Refused, match="erased"):
        registry.approve(world.store, name, why="read", by=BY)
    registry.retire(world.store, name, why="its source is gone", by=BY)

    entry = next(registry.entries(world.store))
    assert entry.history.state is AdapterState.RETIRED
    assert "erased" in (entry.barred or "")


def test_a_control_is_neither_approved_nor_named_nor_asked(world: World) -> None:
    control = world.made.adapter.model_copy(update={"role": "permuted-control"})
    world.store.put(control)

    with pytest.raises(UsageError, match="is a control"):
        registry.approve(world.store, control.ref, why="x", by=BY)
    with pytest.raises(UsageError, match="is a control"):
        registry.name_adapter(world.store, control.ref, "coach", why="x", by=BY)
    with pytest.raises(UsageError, match="is a control"):
        registry.deploy(world.store, control.ref, "here", DeploymentStatus.TESTING, why="x", by=BY)
    assert [one.adapter.role for one in registry.entries(world.store)] == ["tuned"]
    assert len(list(registry.entries(world.store, controls=True))) == 2


def test_versions_count_up_and_a_number_means_one_adapter_for_good(world: World) -> None:
    store, first, second = world.store, world.made.adapter.ref, another(world).ref

    assert registry.name_adapter(store, first, "coach", why="named", by=BY)[1] == "coach@1"
    assert registry.name_adapter(store, first, "coach", why="named", by=BY)[1] == "coach@1"
    assert registry.name_adapter(store, second, "coach", why="named", by=BY)[1] == "coach@2"
    assert registry.name_adapter(store, second, "mentor", why="named", by=BY)[1] == "mentor@1"
    assert find(store, "coach@1", Adapter).ref == first
    assert find(store, "coach@latest", Adapter).ref == second
    assert find(store, "coach", Adapter).ref == second

    registry.undo(store, second, why="not a mentor", by=BY)
    registry.undo(store, first, why="not a coach", by=BY)
    assert registry.name_adapter(store, first, "coach", why="after all", by=BY)[1] == "coach@3"
    with pytest.raises(NotFound):
        find(store, "coach@1", Adapter)
    with pytest.raises(NotFound):
        find(store, "mentor@1", Adapter)


def test_approved_means_the_newest_version_that_is_approved(world: World) -> None:
    store, first, second = world.store, world.made.adapter.ref, another(world).ref
    for ref in (first, second):
        registry.name_adapter(store, ref, "coach", why="named", by=BY)

    with pytest.raises(NotYet, match="no version of coach is approved"):
        find(store, "coach@approved", Adapter)
    registry.approve(store, "coach@1", why="read", by=BY)
    assert find(store, "coach@approved", Adapter).ref == first
    registry.approve(store, "coach@2", why="read", by=BY)
    assert find(store, "coach@approved", Adapter).ref == second
    registry.retire(store, "coach@2", why="wrong", by=BY)
    assert find(store, "coach@approved", Adapter).ref == first


def test_a_dataset_of_the_same_name_goes_on_being_found(world: World) -> None:
    registry.name_adapter(world.store, world.made.adapter.ref, "coach", why="named", by=BY)

    assert find(world.store, None, type(world.made.dataset)) == world.made.dataset
    assert find(world.store, "coach", Adapter) == world.made.adapter


@pytest.mark.parametrize("called", ["", "a b", "../x", "coach@1", "-x", "x" * 65])
def test_a_name_that_nobody_could_write_is_refused(world: World, called: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        registry.name_adapter(world.store, world.made.adapter.ref, called, why="x", by=BY)


def test_two_who_name_at_once_get_two_numbers(world: World) -> None:
    names = [world.made.adapter.ref, *(another(world, seed=seed).ref for seed in range(3))]
    got: list[str] = []

    def name(ref: str) -> None:
        got.append(registry.name_adapter(world.store, ref, "coach", why="x", by=BY)[1])

    threads = [threading.Thread(target=name, args=(ref,)) for ref in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == ["coach@1", "coach@2", "coach@3", "coach@4"]


def test_the_books_say_where_an_adapter_stands_and_since_when(world: World) -> None:
    store, name = world.store, world.made.adapter.ref
    deploy, status = registry.deploy, DeploymentStatus

    with pytest.raises(NotFound, match="never deployed at"):
        deploy(store, name, "gateway-1", status.ARCHIVED, why="x", by=BY)
    deploy(store, name, "gateway-1", status.PRODUCTION, why="May", by=BY)
    deploy(store, name, "gateway-2", status.TESTING, why="a try", by=BY)
    deploy(store, name, "gateway-1", status.ARCHIVED, why="June", by=BY)

    found = registry.entry_of(store, name).history.deployments
    assert [(one.place, one.status, one.decision.why) for one in found] == [
        ("gateway-2", status.TESTING, "a try"),
        ("gateway-1", status.ARCHIVED, "June"),
    ]
    registry.retire(store, name, why="too old", by=BY)
    with pytest.raises(Refused, match=r"was retired on .*: too old"):
        deploy(store, name, "gateway-3", status.TESTING, why="x", by=BY)
    deploy(store, name, "gateway-2", status.ARCHIVED, why="gone", by=BY)
    assert not registry.entry_of(store, name).history.in_use


def test_undoing_needs_something_to_undo(world: World) -> None:
    with pytest.raises(UsageError, match="nothing to undo"):
        registry.undo(world.store, world.made.adapter.ref, why="x", by=BY)

    registry.approve(world.store, world.made.adapter.ref, why="read", by=BY)
    _, undone = registry.undo(world.store, world.made.adapter.ref, why="oh", by=BY)
    assert undone.verb is Verb.APPROVE
    entry = registry.entry_of(world.store, world.made.adapter.ref)
    assert entry.history.state is AdapterState.CANDIDATE
    assert [one.verb for one in entry.chain] == [Verb.APPROVE, Verb.UNDO]


def test_an_empty_workspace_has_no_adapters(store: Store) -> None:
    assert list(registry.entries(store)) == []
    with pytest.raises(NotYet, match="there is no adapter"):
        registry.entry_of(store, None)


def test_a_row_tells_method_and_cost(world: World) -> None:
    adapter = another(world, method="dora")
    making = Making("train", Decimal("12.500"), Decimal("0.40"))
    later = another(world, method="dora", seed=1)
    world.store.submit([later], making=making).result()

    plain = registry.entry_of(world.store, world.made.adapter.ref)
    assert (plain.method, plain.made) == ("lora", None)
    assert registry.entry_of(world.store, adapter.ref).method == "dora"
    assert registry.entry_of(world.store, adapter.ref).proof.startswith("unproven")


def test_two_adapters_of_one_dataset_differ_in_recipe_and_metrics(world: World) -> None:
    second = another(world, pocket={"steps": 3, "seed": None})
    registry.approve(world.store, second.ref, why="read", by=BY)
    old, new = (registry.entry_of(world.store, ref) for ref in (world.made.adapter.ref, second.ref))

    found = compare(world.store, old, new)

    assert [tuple(one) for one in found.recipe] == [
        ("pocket.steps", None, "3"),
        ("rank", "16", "8"),
    ]
    assert ("held_out_loss", None, "1.250000") in {tuple(one) for one in found.metrics}
    assert ("steps", "30", "40") in {tuple(one) for one in found.metrics}
    assert ("state", "candidate", "approved") in {tuple(one) for one in found.decisions}
    assert [found.added, found.removed, found.reworded, found.moved, found.base] == [()] * 5
    assert compare(world.store, old, old).is_empty
    assert not found.is_empty


def test_examples_that_were_added_taken_out_reworded_and_moved_are_told_apart(
    world: World,
) -> None:
    store, old_data = world.store, world.made.dataset
    taught = list(members(store, old_data, Split.TRAIN))
    valid = list(members(store, old_data, Split.VALID))
    edited, gone, moved = taught[0], taught[1], valid[0]
    known = store.get(edited, Example)
    better = known.model_copy(
        update={"turns": (Turn(role="user", text="Better asked?"), known.turns[1])}
    )
    fresh = known.model_copy(
        update={"turns": (Turn(role="user", text="Asked anew?"), known.turns[1])}
    )
    store.put(fresh)
    decide(store, edited, Verb.EDIT, value=better, why="clearer", by=BY)
    splits = dict.fromkeys(taught, Split.TRAIN) | dict.fromkeys(valid, Split.VALID)
    splits |= dict.fromkeys(members(store, old_data, Split.RECALL), Split.RECALL)
    del splits[edited], splits[gone]
    splits |= {better.ref: Split.TRAIN, fresh.ref: Split.TRAIN, moved: Split.TRAIN}
    data = freeze(
        store,
        "coach",
        ((splits[ref], ref) for ref in sorted(splits)),
        made_from=old_data.made_from,
    )
    store.put(data)
    parents = world.made.adapter.made_from[1:]
    adapter = world.made.adapter.model_copy(update={"made_from": (data.ref, *parents)})
    store.put(adapter)

    found = compare(
        store,
        registry.entry_of(store, world.made.adapter.ref),
        registry.entry_of(store, adapter.ref),
    )

    assert [one.example for one in found.added] == [fresh.ref]
    assert [one.example for one in found.removed] == [gone]
    assert [tuple(one) for one in found.reworded] == [(Split.TRAIN, edited, better.ref)]
    assert [tuple(one) for one in found.moved] == [(moved, Split.VALID, Split.TRAIN)]
    assert not found.recipe


def test_tables_in_settings_are_told_flat() -> None:
    assert flat({"a": {"b": {"c": 1}, "d": None}, "e": "f"}) == {"a.b.c": "1", "e": "f"}


def test_decisions_about_other_records_are_no_decisions_about_adapters(world: World) -> None:
    withdraw_source(world.store, world.made.sources[1].ref, why="x", by=BY)

    assert registry.entry_of(world.store, world.made.adapter.ref).chain == ()
    assert len(list(world.store.names(Decision.kind))) == 1
