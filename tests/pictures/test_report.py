"""The report as a document: self-contained, escaped, readable, honest about its counts."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import bs4
import pytest

from lorewright.errors import BadRecord
from lorewright.lineage import Ref
from lorewright.pictures import NamedRecord, ReportData, render_report
from lorewright.records import Finding, Split
from pictures.invented import (
    HOSTILE,
    a_document_map,
    a_hostile_report,
    a_name,
    a_report,
    an_empty_report,
)


def page(data: ReportData) -> bs4.BeautifulSoup:
    return bs4.BeautifulSoup(render_report(data), "html.parser")


def text_of(data: ReportData) -> str:
    return " ".join(page(data).get_text(" ").split())


@pytest.mark.parametrize("make", [a_report, a_hostile_report, an_empty_report])
def test_it_asks_nothing_of_any_other_file(make: Callable[[], ReportData]) -> None:
    soup = page(make())

    assert not soup.find_all(["script", "img", "iframe", "object", "embed", "base", "form"])
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), f"{tag.name} listens to {name}"
            if name in {"src", "href", "action", "xlink:href"}:
                assert str(value).startswith(("#", "data:,")), f"{tag.name} asks for {value}"
    style = str(soup.style)
    assert "@import" not in style
    assert "url(" not in style
    assert "@font-face" not in style


def test_its_policy_forbids_everything_but_its_own_style() -> None:
    policy = page(a_report()).find("meta", {"http-equiv": "Content-Security-Policy"})

    assert isinstance(policy, bs4.Tag)
    assert str(policy["content"]).split("; ")[:3] == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
    ]


def test_words_from_documents_cannot_leave_their_place() -> None:
    html = render_report(a_hostile_report())

    assert "<script" not in html
    assert "<img" not in html
    assert 'onerror="' not in html
    assert "&lt;script&gt;alert(1)" in html
    soup = bs4.BeautifulSoup(html, "html.parser")
    assert soup.h1 is not None
    assert soup.h1.get_text() == HOSTILE


def test_it_has_one_heading_landmarks_a_language_and_a_way_past_the_top() -> None:
    soup = page(a_report())

    assert soup.html is not None
    assert soup.html["lang"] == "en"
    assert soup.title is not None
    assert soup.title.get_text().startswith("The Slow Return")
    assert len(soup.find_all("h1")) == 1
    for landmark in ("header", "nav", "main", "footer"):
        assert len(soup.find_all(landmark)) == 1
    skip = soup.find("a", class_="skip")
    assert isinstance(skip, bs4.Tag)
    assert soup.find(id=str(skip["href"]).removeprefix("#")) is soup.main


def test_headings_never_skip_a_level() -> None:
    levels = [int(tag.name[1]) for tag in page(a_report()).find_all(re.compile(r"^h\d$"))]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_all_ids_differ_and_every_reference_points_at_one() -> None:
    soup = page(replace(a_report(), maps=(a_document_map(1), a_document_map(2))))
    ids = [str(tag["id"]) for tag in soup.find_all(id=True)]

    assert len(ids) == len(set(ids))
    for tag in soup.find_all(True):
        for attribute in ("aria-labelledby", "href"):
            for name in str(tag.get(attribute, "")).split():
                assert name.lstrip("#") in ids or name == "data:,"


def test_tables_can_be_read_aloud() -> None:
    tables = page(a_report()).find_all("table")

    assert len(tables) >= 10
    for table in tables:
        assert table.caption is not None
        assert all(cell.get("scope") for cell in table.find_all("th"))


def test_every_picture_stands_with_its_reading_and_its_numbers() -> None:
    figures = page(a_report()).find_all("figure")

    assert len(figures) == 7
    for figure in figures:
        assert figure.figcaption is not None
        assert figure.figcaption.p is not None
        assert figure.figcaption.p.get_text()
        assert len(figure.find_all("svg")) == 2
        assert figure.details is not None
        assert figure.details.table is not None


def test_the_verdict_comes_first() -> None:
    data = a_report()
    text = text_of(data)

    assert text.index(data.headline) < text.index("What the adapter is shown to have learned")
    assert text.index(data.findings[0].sentence) < text.index("Where an answer comes from")


@pytest.mark.parametrize(
    ("scope", "is_offline", "words"),
    [
        ("pocket", True, ("What it says is not advice", "made offline")),
        ("outside", False, ("base was brought from outside", "over a network")),
    ],
)
def test_it_says_what_it_cannot_claim(scope: str, is_offline: object, words: tuple[str]) -> None:
    data = replace(
        a_report(),
        scope="pocket" if scope == "pocket" else "outside",
        is_offline=bool(is_offline),
    )

    for said in words:
        assert said in text_of(data)


@pytest.mark.parametrize("finding", list(Finding))
def test_a_finding_carries_a_sign_beside_its_colour(finding: Finding) -> None:
    data = a_report()
    card = replace(data.findings[0], finding=finding, label="the label")

    found = page(replace(data, findings=(card,))).find(class_="found")

    assert isinstance(found, bs4.Tag)
    assert found.span is not None
    assert len(found.span.get_text()) == 1
    assert "the label" in found.get_text()


def test_names_are_short_and_hold_the_whole_name() -> None:
    code = page(a_report()).find("code", string="adapter:63f92c07b51d")

    assert isinstance(code, bs4.Tag)
    assert code["title"] == Ref.parse(a_name("adapter", "6"))


def test_it_says_how_to_check_it() -> None:
    text = text_of(a_report())

    assert "lorewright verify" in text
    assert f"lorewright trace {a_name('example')}" in text


def test_settings_versions_and_rejections_are_listed() -> None:
    text = text_of(a_report())

    for said in ("near duplicate jaccard 0.80", "torch 2.13.0", "of the two.", "0.86 of its word"):
        assert said in text


def test_answers_of_all_arms_stand_side_by_side() -> None:
    sample = page(a_report()).find(class_="arms")

    assert isinstance(sample, bs4.Tag)
    assert [term.get_text() for term in sample.find_all("dt")] == ["Base", "Tuned", "Control"]


def test_documents_beyond_the_sixth_are_named_and_not_drawn() -> None:
    maps = tuple(replace(a_document_map(), title=f"Book {place}") for place in range(8))

    text = text_of(replace(a_report(), maps=maps))

    assert "Chunk map: Book 5" in text
    assert "Chunk map: Book 6" not in text
    assert "2 further documents are not drawn: Book 6 (59 chunks), Book 7 (59 chunks)." in text


def test_a_report_about_almost_nothing_can_still_be_read() -> None:
    text = text_of(an_empty_report())

    assert "No set could be compared." in text
    assert "No loss was recorded." in text
    assert "Answers side by side" not in text
    assert "Where an answer comes from" not in text


def test_counts_that_do_not_add_up_are_refused() -> None:
    data = a_report()

    with pytest.raises(BadRecord, match="the splits add up to 1, not to the 391"):
        render_report(replace(data, splits=((Split.TRAIN, 1),)))
    with pytest.raises(BadRecord, match="the cells of the balance add up to 0"):
        render_report(replace(data, balance=()))


def test_the_same_data_makes_the_same_file() -> None:
    assert render_report(a_report()) == render_report(a_report())


def test_a_record_without_a_usual_name_is_shown_as_it_is() -> None:
    data = replace(a_report(), names=(NamedRecord("Base", "gpt2"),))

    assert "gpt2" in text_of(data)
