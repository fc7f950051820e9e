"""The page of a proof, from numbers that are made up."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import bs4
import pytest

from lorewright.pictures import MeanRow, ProofPage, proof_html
from lorewright.pictures.proof_page import SCOPES, SHADES, TONES, heat_map
from pictures.proofs import (
    HOSTILE,
    a_hostile_proof_page,
    a_proof_page,
    an_empty_proof_page,
)

EVERY = [a_proof_page, a_hostile_proof_page, an_empty_proof_page]


def read(page: ProofPage) -> bs4.BeautifulSoup:
    return bs4.BeautifulSoup(proof_html(page), "html.parser")


@pytest.mark.parametrize("make", EVERY)
def test_it_asks_nothing_of_any_other_file(make: Callable[[], ProofPage]) -> None:
    page = read(make())

    addresses = [tag.get("href") or tag.get("src") for tag in page.find_all(["a", "link", "img"])]
    assert all(str(one).startswith(("#", "data:")) for one in addresses)
    assert not page.find_all(["script", "iframe", "object", "img", "form"])
    assert "url(http" not in proof_html(make())


@pytest.mark.parametrize("make", EVERY)
def test_all_ids_differ_and_every_reference_points_at_one(make: Callable[[], ProofPage]) -> None:
    page = read(make())
    ids = [str(tag["id"]) for tag in page.find_all(id=True)]

    assert len(ids) == len(set(ids))
    pointed = [str(tag["href"]).removeprefix("#") for tag in page.select("a[href^='#']")]
    assert set(pointed) <= set(ids)


@pytest.mark.parametrize("make", EVERY)
def test_headings_never_skip_a_level(make: Callable[[], ProofPage]) -> None:
    levels = [int(tag.name[1]) for tag in read(make()).find_all(re.compile("^h[1-6]$"))]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_words_from_outside_cannot_leave_their_place() -> None:
    page = read(a_hostile_proof_page())

    assert not page.find_all("script")
    assert page.find("h1").get_text() == HOSTILE  # pyright: ignore[reportOptionalMemberAccess] # it has one
    assert any(HOSTILE in tag.get_text() for tag in page.select(".said"))


@pytest.mark.parametrize("origin", ["synthetic", "rehearsed"])
def test_what_proves_nothing_is_said_loudly_and_has_no_colour_of_success(origin: str) -> None:
    page = read(replace(a_proof_page(), kind="proven", origin=origin))

    assert SCOPES[origin] in page.select(".loud")[0].get_text()
    assert not page.select(".verdict.good")


def test_what_was_measured_has_no_such_warning() -> None:
    page = read(replace(a_proof_page(), kind="proven", origin="measured", deviations=()))

    assert not page.select(".loud")
    assert page.select(".verdict.good")


@pytest.mark.parametrize("kind", TONES)
def test_a_verdict_carries_a_sign_beside_its_colour(kind: str) -> None:
    page = read(replace(a_proof_page(), kind=kind, origin="measured"))

    assert page.select_one(".verdict h2 span").get_text() == TONES[kind][1]  # pyright: ignore[reportOptionalMemberAccess] # it has one
    assert kind in page.select_one(".verdict h2").get_text()  # pyright: ignore[reportOptionalMemberAccess] # it has one


def test_deviations_are_said_on_top_and_listed_with_the_hash() -> None:
    page = read(a_proof_page())

    assert "1 thing is no longer as promised" in page.select(".loud")[1].get_text()
    assert "ab" * 32 in page.get_text()


def test_without_a_lock_it_says_that_nothing_was_promised() -> None:
    assert "No rules were fixed beforehand." in read(an_empty_proof_page()).get_text()


def test_answers_of_all_arms_stand_side_by_side_with_what_failed() -> None:
    pair = read(a_proof_page()).select(".pair")[0]

    assert [tag.get_text().split(",")[0] for tag in pair.select("dt")] == [
        "base",
        "prompted base",
        "neutral control",
        "tuned",
    ]
    assert "the answer was cut at 200 tokens" in pair.get_text()
    assert "ann, who read tuned first" in pair.get_text()
    assert "All 100 scenarios with 399 answers" in read(a_proof_page()).get_text()


def test_the_length_of_answers_is_told_beside_the_number_as_it_is() -> None:
    text = " ".join(read(a_proof_page()).get_text().split())

    assert "67 words shorter" in text
    assert "As it is, the difference is +0.42 points" in text
    assert "hardly any." in text


def test_the_higher_the_mean_the_stronger_its_colour() -> None:
    page = replace(a_proof_page(), means=(MeanRow("x", (1.0, 2.0, None, 5.0)),))

    (row,) = heat_map(page)

    assert [cell.shade for cell in row.cells] == [0, 1, None, SHADES - 1]
    assert [cell.told for cell in row.cells] == ["1.00", "2.00", "\N{EN DASH}", "5.00"]


def test_means_that_are_all_the_same_have_one_colour() -> None:
    page = replace(a_proof_page(), means=(MeanRow("x", (2.0, 2.0, 2.0, 2.0)),))

    assert {cell.shade for cell in heat_map(page)[0].cells} == {0}


def test_the_same_data_makes_the_same_file() -> None:
    assert proof_html(a_proof_page()) == proof_html(a_proof_page())
