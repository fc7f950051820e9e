"""What holds for every picture, whatever it shows."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from lorewright.pictures import (
    ContextGraph,
    Counts,
    DocumentMap,
    Picture,
    balance,
    chunk_map,
    context_graph,
    coverage,
    effects_plot,
    forest_plot,
    funnel,
    lineage_picture,
    loss_curve,
    stylesheet,
)
from pictures.invented import (
    a_context_graph,
    a_document_map,
    a_lineage,
    some_balance,
    some_counts,
    some_coverage,
    some_losses,
    some_pairs,
)
from pictures.proofs import some_effects

FULL: dict[str, Callable[[], Picture]] = {
    "chunk map": lambda: chunk_map(a_document_map()),
    "coverage": lambda: coverage(some_coverage()),
    "balance": lambda: balance(some_balance()),
    "loss": lambda: loss_curve(some_losses()),
    "forest": lambda: forest_plot(some_pairs()),
    "effects": lambda: effects_plot(some_effects()),
    "lineage": lambda: lineage_picture(a_lineage()),
    "funnel": lambda: funnel(some_counts()),
    "context": lambda: context_graph(a_context_graph()),
}
EMPTY: dict[str, Callable[[], Picture]] = {
    "chunk map": lambda: chunk_map(DocumentMap("Blank", 0, ())),
    "coverage": lambda: coverage(()),
    "balance": lambda: balance(()),
    "loss": lambda: loss_curve(()),
    "forest": lambda: forest_plot(()),
    "effects": lambda: effects_plot(()),
    "funnel": lambda: funnel(Counts(requested=0, accepted=0)),
    "context": lambda: context_graph(ContextGraph("Blank", ())),
}
every_full_picture = pytest.mark.parametrize("draw", FULL.values(), ids=FULL)
every_empty_picture = pytest.mark.parametrize("draw", EMPTY.values(), ids=EMPTY)


@every_full_picture
def test_it_names_and_describes_itself_in_both_widths(draw: Callable[[], Picture]) -> None:
    picture = draw()

    for drawing in (picture.wide, picture.narrow):
        root = ET.fromstring(drawing)
        named = {part.get("id"): "".join(part.itertext()) for part in root}
        title, description = root.attrib["aria-labelledby"].split()
        assert root.get("role") == "img"
        assert named[title] == picture.title
        assert picture.reading in named[description]


@every_full_picture
def test_no_two_parts_of_it_share_an_id(draw: Callable[[], Picture]) -> None:
    picture = draw()
    ids = re.findall(r' id="([^"]*)"', picture.wide + picture.narrow)

    assert len(ids) == len(set(ids))
    assert all(id_.startswith(picture.key) for id_ in ids)


@every_full_picture
def test_it_has_numbers_behind_it(draw: Callable[[], Picture]) -> None:
    table = draw().table

    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}


@every_full_picture
def test_nothing_is_drawn_beyond_its_edges(draw: Callable[[], Picture]) -> None:
    picture = draw()

    for drawing in (picture.wide, picture.narrow):
        root = ET.fromstring(drawing)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for box in root.findall("rect"):
            assert float(box.attrib["x"]) >= 0
            assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width + 0.5
            assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height + 0.5
        assert all(float(text.attrib["y"]) <= height for text in root.findall("text"))


@every_full_picture
def test_its_colours_come_from_the_stylesheet(draw: Callable[[], Picture]) -> None:
    picture = draw()
    used = {
        name for names in re.findall(r'class="([^"]*)"', picture.wide) for name in names.split()
    }

    assert not re.search(r"#[0-9a-f]{3,6}\b(?!\))", re.sub(r"url\(#[^)]*\)", "", picture.wide))
    assert not [name for name in used if f".{name}" not in stylesheet()]


@every_empty_picture
def test_without_data_it_says_so(draw: Callable[[], Picture]) -> None:
    picture = draw()

    assert ET.fromstring(picture.wide).find("text") is not None
    assert picture.reading
    assert "nan" not in picture.wide.lower()
