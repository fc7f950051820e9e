"""The graph of a document: every chunk, every relation in its direction, every theme in its row."""

import re
from xml.etree import ElementTree as ET

import bs4
import pytest

from lorewright.pictures import (
    ContextGraph,
    GraphChunk,
    GraphPart,
    GraphRelation,
    GraphTheme,
    context_graph,
    render_context,
    standalone,
)
from lorewright.records import RelationKind
from pictures.drawings import number, shapes, words
from pictures.invented import HOSTILE, a_context_graph, a_context_page

CHUNKS = tuple(GraphChunk(at * 100, at * 100 + 100, f"Part {at}") for at in range(4))
ARC = re.compile(r"M([\d.]+) ([\d.]+) A([\d.]+) ([\d.]+) 0 0 1 ([\d.]+) ([\d.]+)")


def a_graph(*ends: tuple[int, int], kind: RelationKind = RelationKind.SUPPORTS) -> ContextGraph:
    relations = (GraphRelation(kind, *one, "it does", "the one", "the other") for one in ends)
    return ContextGraph("A", CHUNKS, tuple(relations))


def arcs(graph: ContextGraph, *, narrow: bool = False) -> list[tuple[float, ...]]:
    """Start, height of the line, radius, rise and end of each arc."""
    paths = shapes(context_graph(graph), "edge", narrow=narrow, tag="path")
    found = [ARC.fullmatch(one.attrib["d"]) for one in paths]
    return [tuple(map(float, one.groups())) for one in found if one]


def test_every_chunk_lies_on_the_line_with_its_place() -> None:
    chunks = shapes(context_graph(a_graph()), "chunk", tag="rect")

    assert [chunk.findtext("title") for chunk in chunks][1] == (
        "Part 1: chunk 2, characters 100 to 200"
    )
    assert len(chunks) == 4
    assert len({number(chunk, "y") for chunk in chunks}) == 1


@pytest.mark.parametrize("narrow", [False, True])
def test_arcs_lead_forward_above_the_line_and_back_below_it(*, narrow: bool) -> None:
    (forward,), (back,) = (arcs(a_graph(one), narrow=narrow) for one in ((0, 2), (2, 0)))
    forward_graph, back_graph = (context_graph(a_graph(one)) for one in ((0, 2), (2, 0)))
    line = number(shapes(forward_graph, "chunk", narrow=narrow)[0], "y")
    below = shapes(back_graph, "chunk", narrow=narrow)[0]

    assert forward[0] < forward[4]
    assert back[0] > back[4]
    assert forward[1] == pytest.approx(line, abs=0.1)
    assert back[1] == pytest.approx(number(below, "y") + number(below, "height"), abs=0.1)


def test_a_dot_lies_at_the_chunk_that_the_relation_is_about() -> None:
    picture = context_graph(a_graph((0, 2)))
    chunk = shapes(picture, "chunk", tag="rect")[2]

    _, dot = shapes(picture, "edge-end", tag="circle")  # the first is the one in the legend
    middle = number(chunk, "x") + number(chunk, "width") / 2
    assert number(dot, "cx") == pytest.approx(middle, abs=1)


def test_no_arc_leaves_the_drawing() -> None:
    for narrow in (False, True):
        drawing = context_graph(a_context_graph())
        height = float(
            ET.fromstring(drawing.narrow if narrow else drawing.wide).attrib["viewBox"].split()[3]
        )
        for start, line, _, rise, end, _ in arcs(a_context_graph(), narrow=narrow):
            assert 0 <= (line - rise if start <= end else line + rise) <= height


def test_a_relation_tells_its_reason_and_the_words_on_both_sides() -> None:
    (tie,) = shapes(context_graph(a_graph((2, 1))), "tie-of", tag="g")

    assert tie.findtext("title") == "chunk 3 supports chunk 2: it does\n“the one”\n→ “the other”"


def test_the_legend_names_and_counts_the_kinds_that_are_drawn() -> None:
    said = words(context_graph(a_graph((0, 1), (1, 3))))

    assert "supports (2)" in said
    assert not [one for one in said if one.startswith("contradicts")]
    assert "no relations" in words(context_graph(a_graph()))


def test_a_theme_has_a_row_with_the_chunks_of_its_evidence() -> None:
    graph = ContextGraph("A", CHUNKS, themes=(GraphTheme("Oil", (0, 3)), GraphTheme("Air", ())))

    picture = context_graph(graph)

    marks = shapes(picture, "theme-mark", tag="rect")
    assert [mark.findtext("title") for mark in marks] == ["chunk 1", "chunk 4"]
    assert len(shapes(picture, "lane")) == 2


def test_themes_beyond_those_that_are_drawn_are_counted() -> None:
    themes = tuple(GraphTheme(f"Theme {at}", (0,)) for at in range(14))

    picture = context_graph(ContextGraph("A", CHUNKS, themes=themes))

    assert len(shapes(picture, "lane")) == 10
    assert picture.reading.endswith("14 themes, of which the 10 heaviest are drawn.")


def test_parts_are_named_where_there_is_room() -> None:
    parts = (GraphPart(0, "Long"), GraphPart(390, "Short"))

    picture = context_graph(ContextGraph("A", CHUNKS, parts=parts))

    named = ["".join(one.itertext()) for one in shapes(picture, "part", tag="text")]
    assert named == ["LongLong"]  # the words, and the title beside the pointer
    assert len(shapes(picture, "section-mark")) == 2


def test_the_table_has_a_row_for_each_relation() -> None:
    table = context_graph(a_graph((0, 1), (3, 1))).table

    assert [row[:3] for row in table.rows] == [("supports", "1", "2"), ("supports", "4", "2")]


def test_the_same_graph_is_drawn_alike() -> None:
    assert context_graph(a_context_graph()) == context_graph(a_context_graph())


def test_a_drawing_of_its_own_is_a_whole_svg_file() -> None:
    root = ET.fromstring(standalone(context_graph(a_context_graph())))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    style = root.findtext("{http://www.w3.org/2000/svg}style")
    assert ".edge.contradicts" in (style or "")


def test_the_page_shows_each_claim_with_its_words_and_place() -> None:
    text = bs4.BeautifulSoup(render_context(a_context_page("Oil")), "html.parser").get_text(" ")

    for said in ("12 uses", "under “Oil”", "Not known: nobody read Oil.", "None were found."):
        assert said in text


def test_words_from_outside_stay_words() -> None:
    soup = bs4.BeautifulSoup(render_context(a_context_page(HOSTILE)), "html.parser")

    assert not soup.find_all(["script", "img", "iframe", "object", "form"])
    assert HOSTILE in soup.get_text()
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]


def test_every_link_on_the_page_leads_to_a_part_of_it() -> None:
    soup = bs4.BeautifulSoup(render_context(a_context_page()), "html.parser")

    targets = {str(link["href"])[1:] for link in soup.select("a[href^='#']")}
    assert targets
    assert all(soup.find(id=target) for target in targets)
