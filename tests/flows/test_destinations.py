"""Places elsewhere, as the settings name them and as a job keeps them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.trainable import a_trainable_dataset
from lorewright.errors import BadSettings
from lorewright.flows.attempts import clear_elsewhere, remember_elsewhere
from lorewright.flows.destinations import (
    Brought,
    Destination,
    again,
    chosen,
    executor_of,
    going_to,
    price_there,
)
from lorewright.flows.training import queue_training
from lorewright.flows.training_orders import TrainingOrder
from lorewright.settings import (
    ElsewhereSettings,
    PriceSettings,
    Settings,
    SkyPilotPlace,
    SshPlace,
    TrainingSettings,
)
from lorewright.store import Store, Workspace, plan_erasure
from lorewright.store.training_jobs import jobs_of_run
from lorewright.train.executors import Place, Ssh
from lorewright.train.executors.skypilot import SkyPilot

SSH: Mapping[str, object] = {
    "kind": "ssh",
    "host": "gpu1",
    "usd_per_hour": "2.49",
    "devices": ["cuda:0", "cpu"],
}
SKY: Mapping[str, object] = {
    "kind": "skypilot",
    "kept": "s3://bucket/lorewright",
    "accelerators": "A100_80GB:2",
    "sky": "/nowhere/sky",
}


def settings_with(**places: Mapping[str, object]) -> ElsewhereSettings:
    return ElsewhereSettings.model_validate({"places": places})


def place_of(settings: ElsewhereSettings, name: str) -> Destination:
    found = chosen(settings, name)
    assert found is not None
    return found


def test_a_place_is_the_same_after_a_row_of_a_table() -> None:
    settings = settings_with(rented=SSH, cloud=SKY)
    for name in ("rented", "cloud"):
        found = place_of(settings, name)
        assert Destination.of(found.as_text()) == found
        assert chosen(going_to(found)) == found
    devices = [one.name for one in place_of(settings, "rented").devices]
    assert devices == ["ssh:cuda:0", "ssh:cpu"]
    assert [one.name for one in place_of(settings, "cloud").devices] == ["sky:A100_80GB:2"]
    assert chosen(settings) is None
    assert chosen(settings, "here") is None
    assert chosen(going_to(None)) is None


def test_each_kind_of_place_has_its_executor() -> None:
    settings = settings_with(rented=SSH, cloud={**SKY, "accelerators": "H100:1"}, bad=SKY)

    assert isinstance(executor_of(place_of(settings, "rented"), device="ssh:cuda:0"), Ssh)
    assert isinstance(executor_of(place_of(settings, "cloud")), SkyPilot)
    with pytest.raises(BadSettings, match="not described as it must be"):
        executor_of(place_of(settings, "bad"))  # a name of the price list is none of SkyPilot's


def test_a_place_costs_what_it_says_or_else_what_the_list_says() -> None:
    settings = settings_with(rented=SSH, own={"kind": "ssh", "host": "own"}, cloud=SKY)
    prices = PriceSettings()

    rented, own, cloud = (price_there(place_of(settings, n), prices) for n in settings.places)

    assert (rented.usd_per_hour, rented.source) == (Decimal("2.49"), "elsewhere.places.rented")
    assert (own.usd_per_hour, "your own machine" in own.source) == (0, True)
    assert (cloud.usd_per_hour, "2026-01-10" in cloud.source) == (Decimal("7.00"), True)
    unknown = place_of(settings_with(cloud={**SKY, "accelerators": "Z9"}), "cloud")
    assert "set elsewhere.places.cloud.usd_per_hour" in price_there(unknown, prices).source


def test_a_job_goes_on_where_it_was_as_the_settings_have_it_now() -> None:
    before = place_of(settings_with(rented=SSH), "rented")
    dearer = settings_with(rented={**SSH, "usd_per_hour": "5"})

    found = again(dearer, before.as_text())

    assert found is not None
    assert found.place.usd_per_hour == 5
    assert found.reached_by == before.reached_by
    assert again(settings_with(), before.as_text()) == before
    assert again(dearer, None) is None


def test_what_has_to_be_done_by_hand_is_said_as_a_command() -> None:
    settings = settings_with(rented=SSH, cloud=SKY)
    at = Place(executor="ssh", jobdir="x", host="gpu1", folder="~/.lorewright", job="a" * 64)
    ssh = Brought(destination=place_of(settings, "rented"), place=at)
    sky = Brought(destination=place_of(settings, "cloud"), place=at)

    assert ssh.ends_by_hand == f"ssh gpu1 pkill -f {'a' * 64}"
    assert ssh.clears_by_hand == f"ssh gpu1 rm -r ~/.lorewright/jobs/{'a' * 64}"
    assert sky.ends_by_hand.startswith("sky jobs cancel --name")
    assert "from the bucket" in sky.clears_by_hand


@pytest.mark.parametrize("name", ["here", "Rented", "a b", "", "-x", "x" * 33])
def test_a_place_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ValidationError):
        settings_with(**{name: SSH})


@given(
    host=st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    price=st.none() | st.decimals(0, 99, places=2),
    slots=st.integers(1, 9),
    config=st.none() | st.just(Path("~/config")),
)
def test_whatever_is_said_of_a_place_is_kept(
    host: str, price: Decimal | None, slots: int, config: Path | None
) -> None:
    ssh = SshPlace(kind="ssh", host=host, usd_per_hour=price, slots=slots, ssh_config=config)
    sky = SkyPilotPlace(kind="skypilot", kept=f"s3://{host}", usd_per_hour=price, slots=slots)
    for place in (ssh, sky):
        found = Destination(name=host, place=place)
        assert Destination.of(found.as_text()) == found


def test_what_lies_elsewhere_is_out_of_reach_for_erasing_until_it_is_removed(
    workspace: Workspace, store: Store
) -> None:
    data = a_trainable_dataset(store)
    order = TrainingOrder.for_(data.ref, TrainingSettings())
    cloud = {**SKY, "accelerators": "H100:1", "kept": f"file://{workspace.folder}/b"}
    settings = Settings(elsewhere=settings_with(cloud=cloud))
    run = queue_training(store, settings, order.model_copy(update={"roles": ("tuned",)}))
    (job,) = jobs_of_run(store, run)
    at = Place(executor="skypilot", jobdir="x", folder=f"file://{workspace.folder}/b", job="j")
    brought = Brought(destination=place_of(settings.elsewhere, "cloud"), place=at)

    remember_elsewhere(store, job.id, brought)

    assert plan_erasure(store, data.ref, workspace.folder).out_of_reach == [brought.path]
    said = clear_elsewhere(store, job.id, brought)
    assert "could not be removed from cloud" in said
    assert "there is no `sky` command" in said
    (job,) = jobs_of_run(store, run)
    assert (job.cleanup, job.place) == (said, None)
    assert plan_erasure(store, data.ref, workspace.folder).out_of_reach == [brought.path]
