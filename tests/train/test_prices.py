"""What an hour costs, and who says so."""

from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.settings import PriceSettings
from lorewright.train.prices import price_list, price_of


def test_the_own_machine_costs_nothing_until_somebody_says_so() -> None:
    assert price_of("cpu", PriceSettings()).usd_per_hour == 0
    assert price_of("cuda:0", PriceSettings()).usd_per_hour == 0
    assert price_of("cpu", PriceSettings(cpu=Decimal("0.12"))).of(1800) == Decimal("0.0600")


def test_a_gpu_costs_what_the_list_says_and_the_list_says_when_and_who() -> None:
    price = price_of("cuda:1", PriceSettings(gpu_kind="H100"))

    assert price.usd_per_hour == Decimal("4.20")
    assert "2026-01-10" in price.source
    assert "origin" in price.source
    assert price_of("cuda:0", PriceSettings(gpu=Decimal(2), gpu_kind="H100")).usd_per_hour == 2


def test_a_gpu_that_is_not_listed_is_named_with_those_that_are() -> None:
    with pytest.raises(BadSettings, match="no GPU called Z9") as caught:
        price_of("cuda:0", PriceSettings(gpu_kind="Z9"))
    assert "A100_80GB" in (caught.value.hint or "")


def test_an_own_list_takes_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(
        'as_of = 2030-02-03\nsource = "an offer"\n[gpus.Z9]\nusd_per_hour = "0.80"\n',
        encoding="utf-8",
    )

    price = price_of("cuda:0", PriceSettings(gpu_kind="Z9", file=str(own)))

    assert price == (Decimal("0.80"), "an offer, 2030-02-03")


@pytest.mark.parametrize("text", ["", "as_of = 1", 'as_of = 2030-02-03\nsource = ""\ngpus = 1'])
def test_a_list_that_is_none_is_refused_by_name(tmp_path: Path, text: str) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(BadSettings, match="price list cannot be read") as caught:
        price_list(PriceSettings(file=str(own)))
    assert caught.value.where == str(own)
