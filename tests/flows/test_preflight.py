"""Looking ahead without training, making or fetching anything."""

from pathlib import Path

import pytest

from flows.test_conversation_examples import SETTINGS, keep, through
from flows.trainable import PACE, a_trainable_dataset, settings_for
from lorewright.errors import Refused, UsageError
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.training import (
    look_ahead,
    order_training,
    queue_training,
    see_through,
    train_adapters,
)
from lorewright.flows.training_orders import TrainingOrder
from lorewright.records import Adapter, BaseLanguageModel, Recipe, Split
from lorewright.settings import ElsewhereSettings, Settings, TrainingSettings
from lorewright.store import Store, Workspace
from lorewright.store.training_jobs import jobs_of_run, newest_jobs
from lorewright.store.work_runs import order_of
from lorewright.train import Event
from train.conftest import make_base


def test_scores_that_came_with_conversations_and_are_all_equal_are_found(
    workspace: Workspace, store: Store
) -> None:
    keep(store, *range(1, 31))
    through(store)
    data = curate_dataset(store, SETTINGS, name="talks")
    recipes = list(store.names(Recipe.kind))

    found = look_ahead(workspace, store, SETTINGS, dataset=str(data.ref))

    train = data.membership(Split.TRAIN)
    constant = next(one for one in found.findings if one.name == "constant-scores")
    assert train is not None
    assert constant.where[0] == f"quality: 10 in all {train.count}"
    assert "neither made nor fetched" in found.not_looked_at[0]
    assert list(store.names(Recipe.kind)) == recipes
    assert not list(store.names(Adapter.kind)) + list(store.names(BaseLanguageModel.kind))
    assert not list(workspace.folder.glob("jobs/*"))


def test_an_unknown_name_is_refused_before_anything_is_read(
    workspace: Workspace, store: Store
) -> None:
    forced = SETTINGS.model_copy(update={"training": TrainingSettings(force=("nothing-such",))})

    with pytest.raises(UsageError, match="no finding called 'nothing-such'"):
        look_ahead(workspace, store, forced)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("base") / "tiny", "llama")


def forcing(settings: Settings, *names: str) -> Settings:
    training = settings.training.model_copy(update={"force": names})
    return settings.model_copy(update={"training": training})


def test_nothing_is_queued_while_something_is_in_the_way(
    workspace: Workspace, store: Store, base: Path
) -> None:
    a_trainable_dataset(store)
    short = settings_for(base, epochs=1)

    with pytest.raises(Refused, match="1 finding") as refused:
        order_training(workspace, store, short)
    with pytest.raises(Refused, match="1 finding"):
        train_adapters(workspace, store, short, pace=PACE)

    assert refused.value.where == "too-few-steps"
    assert "--force too-few-steps" in (refused.value.hint or "")
    assert newest_jobs(store, limit=9) == []


def test_only_what_was_overridden_is_part_of_an_order(
    workspace: Workspace, store: Store, base: Path
) -> None:
    a_trainable_dataset(store)
    short, long = (settings_for(base, epochs=epochs) for epochs in (1, 30))

    forced = order_training(workspace, store, forcing(short, "too-few-steps", "role-order"))
    plain = order_training(workspace, store, long)
    needless = order_training(workspace, store, forcing(long, "too-few-steps"))

    assert forced is not None
    assert plain is not None
    assert needless is not None
    orders = [TrainingOrder.of(order_of(store, run).request) for run in (forced, plain, needless)]
    assert [one.forced for one in orders] == [("too-few-steps",), (), ()]
    assert orders[1].work("tuned") == orders[2].work("tuned")
    tuned, control = (
        (job.estimated_seconds_low or 0, job.estimated_seconds_high or 0)
        for job in jobs_of_run(store, forced)
    )
    assert tuned == control
    assert 0 < tuned[0] < tuned[1]


def test_an_estimate_for_a_place_takes_its_price_and_says_that_the_device_is_another(
    workspace: Workspace, store: Store, base: Path
) -> None:
    a_trainable_dataset(store)
    here = settings_for(base, max_minutes="0.001")
    place = {"kind": "ssh", "host": "gpu1", "usd_per_hour": "3600"}
    elsewhere = ElsewhereSettings.model_validate({"on": "rented", "places": {"rented": place}})
    there = here.model_copy(update={"elsewhere": elsewhere})

    found = look_ahead(workspace, store, there, calibrate=False)

    assert "time-limit" in {
        one.name for one in look_ahead(workspace, store, here, calibrate=False).findings
    }
    assert "time-limit" not in {one.name for one in found.findings}
    assert "rented: its device is not this one" in found.not_looked_at[-1]
    assert found.estimate is not None
    assert found.estimate.cost is not None
    cost, seconds = found.estimate.cost[1], found.estimate.seconds.likely
    assert float(cost) == pytest.approx(2 * seconds, rel=0.1)
    assert order_training(workspace, store, there) is not None
    assert {job.price_source for job in newest_jobs(store)} == {"elsewhere.places.rented"}


@pytest.mark.slow
def test_what_was_overridden_and_expected_is_known_at_the_end(
    workspace: Workspace, store: Store, base: Path
) -> None:
    a_trainable_dataset(store)
    short = forcing(settings_for(base, epochs=1), "too-few-steps")
    ends: list[tuple[float | int | None, ...]] = []

    def watch(_role: str, event: Event) -> None:
        if event.phase == "done":
            ends.append(
                (
                    event.estimated_seconds,
                    event.estimated_memory,
                    event.seconds,
                    event.peak_memory,
                )
            )

    trained = train_adapters(workspace, store, short, pace=PACE, watch=watch)
    again = train_adapters(workspace, store, short, pace=PACE)

    assert len(ends) == 2
    assert all(told and told > 0 for end in ends for told in end)
    assert (again.tuned, again.run) == (trained.tuned, None)
    recipes = [store.get(ref, Recipe) for ref in trained.tuned.made_from if ref.kind == Recipe.kind]
    assert [one.settings["forced"] for one in recipes] == ["too-few-steps"]


@pytest.mark.slow
def test_a_worker_looks_at_what_nobody_has_looked_at(
    workspace: Workspace, store: Store, base: Path
) -> None:
    short = settings_for(base, epochs=1)
    order = TrainingOrder.for_(a_trainable_dataset(store).ref, short.training)
    run = queue_training(store, short, order)

    with pytest.raises(Refused, match="1 finding"):
        see_through(workspace, store, short, run, pace=PACE)

    assert {job.error_kind for job in jobs_of_run(store, run)} == {"Refused"}


@pytest.mark.slow
def test_a_worker_says_what_it_expects_where_nobody_has(
    workspace: Workspace, store: Store, base: Path
) -> None:
    short = forcing(settings_for(base, epochs=1), "too-few-steps")
    order = TrainingOrder.for_(a_trainable_dataset(store).ref, short.training)
    run = queue_training(store, short, order)
    assert all(job.estimated_seconds_low is None for job in jobs_of_run(store, run))

    trained = see_through(workspace, store, short, run, pace=PACE)

    assert all((job.estimated_seconds_low or 0) > 0 for job in jobs_of_run(store, run))
    recipes = [store.get(ref, Recipe) for ref in trained.tuned.made_from if ref.kind == Recipe.kind]
    assert [one.settings["forced"] for one in recipes] == ["too-few-steps"]
