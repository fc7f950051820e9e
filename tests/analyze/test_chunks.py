import hashlib
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadline import deadline
from lorewright.analyze import chunks_of
from lorewright.ingest.plain_text import TextReader
from lorewright.lineage import Ref
from lorewright.prose import blocks, sections
from lorewright.records import Blob, Chunk, ChunkType, Document
from lorewright.settings import ChunkSettings

RECIPE = Ref("recipe", "0" * 64)
SOURCE = Ref("source", "1" * 64)
STEPS = """\
To run a weekly audit:

1. Choose an ordinary week without holidays.
2. Write down each activity longer than 15 minutes.
3. Mark every entry for its effect on energy.
4. Add the marks for each day on the seventh evening.
"""
ARGUMENT = """\
Overlap is common. Of the dentists in one survey, 23 per cent reported depressive symptoms three \
years later (Ahola & Hakanen, 2007). It follows that a single score says little, because both \
conditions feed each other over time.
"""
CASE = """\
Priya, a project manager, was certain that her weekly report was exhausting her. She said, "It is \
the report." Her audit showed 31 interruptions by chat. After four weeks without them she slept \
better, and the report was the least of it.
"""
PLAIN = """\
The room lies on the second floor and looks out over the harbour. Its walls are white, and there \
is a long table in the middle with two benches.
"""


def a_document(text: str) -> Document:
    raw = text.encode()
    return Document(
        made_from=(SOURCE,),
        title="A document",
        reader="test 1",
        text=Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw)),
        length=len(text),
        sections=sections(text),
    ).with_text(text)


def chunks(text: str, **settings: int) -> list[Chunk]:
    return list(
        chunks_of(a_document(text), settings=ChunkSettings.model_validate(settings), recipe=RECIPE)
    )


def typed(text: str, kind: ChunkType, **settings: int) -> list[str]:
    return [text[c.start : c.end] for c in chunks(text, **settings) if c.chunk_type is kind]


def sequential(found: list[Chunk]) -> list[Chunk]:
    return [chunk for chunk in found if chunk.chunk_type is ChunkType.CHAPTER_SEQUENTIAL]


def assert_each_visible_character_is_in_one_chunk(text: str, found: list[Chunk]) -> None:
    layer = sequential(found)
    edges = [0, *(edge for c in layer for edge in (c.start, c.end)), len(text)]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    assert edges == sorted(edges)
    assert not any(text[start:end].strip() for start, end in gaps)


@given(
    st.lists(
        st.sampled_from(
            [
                "# A",
                "## B",
                "",
                "",
                PLAIN,
                STEPS,
                ARGUMENT,
                CASE,
                "word " * 90,
                "x" * 700,
                "```",
                "| a",
            ]
        ),
        max_size=12,
    )
)
def test_the_sequential_layer_holds_every_visible_character_once(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = chunks(text, sequential_characters=300)

    assert_each_visible_character_is_in_one_chunk(text, found)
    assert all(chunk.end - chunk.start <= 300 for chunk in sequential(found))


@given(st.text())
def test_so_it_does_for_any_text(text: str) -> None:
    text = text.replace("\r", "\n")

    assert_each_visible_character_is_in_one_chunk(text, chunks(text))


def test_a_short_section_is_one_chunk_under_its_heading() -> None:
    text = f"# Book\n\n## One\n\n{PLAIN}\n## Two\n\n{PLAIN}"

    assert [(c.heading, c.cue) for c in chunks(text)] == [("One", "heading"), ("Two", "heading")]
    assert text[chunks(text)[0].start :].startswith("# Book")


def test_a_heading_without_words_stays_out_of_the_next_chapter() -> None:
    found = chunks(f"# A\n\n## Empty\n\n# B\n\n{PLAIN}")

    assert [c.heading for c in found] == ["Empty", "B"]


def test_long_sections_are_cut_evenly_between_blocks() -> None:
    text = "# A\n\n" + "\n".join([PLAIN] * 10)
    found = chunks(text, sequential_characters=600)

    starts = {block.start for block in blocks(text)}
    lengths = [c.end - c.start for c in found]
    assert all(c.start in starts for c in found)
    assert max(lengths) - min(lengths) < len(PLAIN) * 1.5


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join([PLAIN.strip()] * 10)
    found = chunks(text, sequential_characters=400)

    assert all(text[c.end - 1] == "." for c in found)


def test_steps_are_an_instructional_unit_with_their_introduction() -> None:
    text = f"# A\n\n{PLAIN}\n{STEPS}\n{PLAIN}"

    assert typed(text, ChunkType.INSTRUCTIONAL_UNIT) == [STEPS.strip()]


def test_advice_in_prose_is_an_instructional_unit() -> None:
    advice = (
        "Never make a patient repeat a message. Always sit within his view, so that he need not "
        "turn his head. Take a towel, and wipe the floor."
    )

    assert typed(f"{PLAIN}\n{advice}", ChunkType.INSTRUCTIONAL_UNIT) == [advice]


def test_claim_evidence_and_reasoning_need_two_of_five_groups() -> None:
    one_group = (
        "The room is cold because the window is open, and therefore nobody sits there now." * 2
    )

    assert typed(f"{PLAIN}\n{ARGUMENT}\n{one_group}", ChunkType.CER) == [ARGUMENT.strip()]


ANECDOTE = """\
I knew a physician of large practice, who began with every patient in the same way: he asked where \
it hurt, and never wasted an hour.
"""
DIALOGUE = """\
**Coach:** What made you call this week?

**Client:** I slept for two hours, and then I could not remember my own telephone number.
"""
INSTANCE = """\
For example, a team that met at nine every day moved to noon, and half of the quarrels ended \
within the month.
"""


@pytest.mark.parametrize("example", [CASE, ANECDOTE, DIALOGUE, INSTANCE])
def test_cases_dialogues_and_anecdotes_are_example_scenarios(example: str) -> None:
    text = f"{PLAIN}\n{example}\n{PLAIN}"

    assert typed(text, ChunkType.EXAMPLE_SCENARIO) == [example.strip()]


def test_a_plain_description_has_no_type() -> None:
    assert {c.chunk_type for c in chunks(PLAIN * 3)} == {ChunkType.CHAPTER_SEQUENTIAL}


def test_nothing_is_typed_in_licences_and_contents() -> None:
    text = f"# Licence\n\n{STEPS}\n{ARGUMENT}\n## More\n\n{CASE}"

    assert {c.chunk_type for c in chunks(text)} == {ChunkType.CHAPTER_SEQUENTIAL}


def test_code_and_tables_are_not_typed() -> None:
    text = f"```\n{STEPS}{ARGUMENT}\n```\n\n| a | because |\n|---|---|\n| 23 % | therefore |\n"

    assert {c.chunk_type for c in chunks(text)} == {ChunkType.CHAPTER_SEQUENTIAL}


def test_short_passages_are_not_kept() -> None:
    assert typed(ARGUMENT, ChunkType.CER, min_characters=10_000) == []


def test_limits_hold_for_each_window_so_that_a_long_document_gets_as_many_per_page() -> None:
    text = "\n".join([ARGUMENT, PLAIN] * 200)
    found = [
        c
        for c in chunks(text, window_characters=10_000, cer_limit=3)
        if c.chunk_type is ChunkType.CER
    ]

    per_window = Counter(chunk.start // 10_000 for chunk in found)
    assert set(per_window.values()) == {3}
    assert len(per_window) == -(-len(text) // 10_000)


def test_the_surest_passages_are_kept() -> None:
    weak = "It is clear that this is so, because the water was cold and the night was long there."
    text = f"{weak} {PLAIN}\n{PLAIN}\n{ARGUMENT}\n{PLAIN}\n{weak} {PLAIN}"

    assert typed(text, ChunkType.CER, cer_limit=1) == [ARGUMENT.strip()]


def test_chunks_come_in_order_and_are_numbered_by_type() -> None:
    text = "\n".join(f"# S{n}\n\n{STEPS}\n{ARGUMENT}\n{CASE}" for n in range(40))
    found = chunks(text, window_characters=10_000)

    assert [c.start for c in found] == sorted(c.start for c in found)
    for kind in ChunkType:
        ordinals = [c.ordinal for c in found if c.chunk_type is kind]
        assert ordinals == list(range(1, len(ordinals) + 1))


def test_a_chunk_says_what_it_was_made_from() -> None:
    document = a_document(PLAIN)
    (chunk,) = chunks_of(document, settings=ChunkSettings(), recipe=RECIPE)

    assert chunk.made_from == (document.ref, RECIPE)
    assert chunk.document == document.ref
    assert chunk.ref.kind == "chunk"


def test_the_same_document_has_the_same_chunks() -> None:
    text = f"# A\n\n{STEPS}\n{ARGUMENT}\n{CASE}"

    assert [c.ref for c in chunks(text)] == [c.ref for c in chunks(text)]


@pytest.mark.parametrize(
    "unit", ["Because 5 % of it is evidently so. ", "x", "护理的第一条原则。", "שלום עולם. "]
)
def test_one_line_of_two_million_characters_is_cut_whole(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))

    with deadline(240):
        found = chunks(text)

    assert_each_visible_character_is_in_one_chunk(text, found)


def test_typed_chunks_begin_with_a_block_and_never_inside_a_word() -> None:
    text = "\n".join([STEPS, ARGUMENT, PLAIN, CASE] * 20) + "\n" + "Because 5 % evidently. " * 900
    starts = {block.start for block in blocks(text)}

    for chunk in chunks(text, window_characters=10_000):
        before = text[chunk.start - 1 : chunk.start] or " "
        assert chunk.start in starts or before.isspace()
        assert not (text[chunk.end - 1].isalnum() and text[chunk.end : chunk.end + 1].isalnum())


@pytest.mark.corpus
def test_a_library_is_cut_whole() -> None:
    beside = Path(__file__).parents[2].parent / "shared" / "corpus"
    path = Path(os.environ.get("LOREWRIGHT_CORPUS", beside)) / "nightingale-notes-on-nursing.txt"
    if not path.is_file():
        pytest.skip("the corpus file nightingale-notes-on-nursing.txt is not there")
    raw = path.read_bytes() * 10
    text = TextReader().read(raw, file_name=path.name).text
    found = chunks(text)

    assert_each_visible_character_is_in_one_chunk(text, found)
    assert max(c.end - c.start for c in sequential(found)) <= 2400
    assert Counter(c.chunk_type for c in found)[ChunkType.CER] > 100
    assert all(a.start <= b.start for a, b in pairwise(found))
