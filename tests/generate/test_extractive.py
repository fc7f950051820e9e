import hashlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import UsageError
from lorewright.generate import check_levels
from lorewright.generate.extractive import ExtractiveTeacher
from lorewright.lineage import Ref
from lorewright.prose import sections
from lorewright.records import (
    Blob,
    Chunk,
    ChunkType,
    Document,
    Example,
    Recipe,
    Rejection,
    Source,
)
from lorewright.settings import GenerationSettings

RECIPE = Recipe(step="generate", settings={}).ref

KILNS = """# Firing

## Opening a kiln

Never open a kiln before dawn, because cold air cracks the glaze. A cracked glaze lets water \
into the body of the pot and cannot be mended.

To open a kiln:

1. Wait until the cone has been cold for two hours.
2. Lift the lid by the width of a hand.
3. Leave it so until noon.

## Drying

Wet clay is a mixture of plates and water that shrinks as it dries. Thin walls dry sooner than \
thick ones, and the seam between them tears.

If a pot cracks while it dries, break it up and soak the pieces in clean water.
"""


def a_document(text: str, *, author: str | None = "Ada Ode") -> Document:
    raw = text.encode()
    blob = Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw))
    source = Source(file_name="kilns.md", media_type="text/markdown", content=blob)
    return Document(
        title="The Patient Kiln",
        author=author,
        reader="test/1",
        text=blob,
        length=len(text),
        sections=sections(text),
        made_from=(source.ref,),
    ).with_text(text)


def chunks_of(document: Document, size: int = 400) -> list[Chunk]:
    return [
        Chunk(
            document=document.ref,
            start=start,
            end=min(start + size, document.length),
            chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
            ordinal=ordinal,
            confidence=Decimal(1),
            cue="size",
            made_from=(document.ref,),
        )
        for ordinal, start in enumerate(range(0, document.length, size), start=1)
    ]


def taught(
    text: str, *, author: str | None = "Ada Ode", levels: tuple[int, ...] = (1, 2, 3)
) -> tuple[list[Example], list[Rejection]]:
    document = a_document(text, author=author)
    settings = GenerationSettings(levels=levels)
    proposed = list(
        ExtractiveTeacher().propose(document, chunks_of(document), settings=settings, recipe=RECIPE)
    )
    return (
        [one for one in proposed if isinstance(one, Example)],
        [one for one in proposed if isinstance(one, Rejection)],
    )


def questions(text: str) -> dict[str, str]:
    return {example.question: example.answer for example in taught(text)[0]}


def test_an_instruction_with_a_reason_is_asked_for_its_reason() -> None:
    answer = questions(KILNS)["Why should you not open a kiln before dawn?"]

    assert answer.startswith("Never open a kiln before dawn, because cold air")


def test_a_list_behind_to_do_something_is_a_procedure_in_two_wordings() -> None:
    found = questions(KILNS)

    assert found["How do you open a kiln?"].startswith("1. Wait until")
    assert found["What are the steps in opening a kiln?"].endswith("until noon.")


def test_a_condition_with_an_instruction_asks_what_to_do() -> None:
    found = questions(KILNS)

    assert "soak the pieces" in found["What should you do if a pot cracks while it dries?"]


def test_a_definition_asks_what_the_thing_is() -> None:
    assert "What is wet clay?" in questions(KILNS)


def test_every_answer_is_the_words_at_its_evidence() -> None:
    document = a_document(KILNS)

    for example in taught(KILNS)[0]:
        quotes = [document.words[e.start : e.end] for e in example.evidence]
        assert example.answer == "\n\n".join(quotes)


def test_questions_about_one_passage_share_no_run_of_eight_words_and_no_form() -> None:
    by_span: dict[tuple[int, int], list[Example]] = {}
    for example in taught(KILNS)[0]:
        by_span.setdefault((example.evidence[0].start, example.evidence[-1].end), []).append(
            example
        )

    assert any(len(examples) > 1 for examples in by_span.values())
    for examples in by_span.values():
        assert len({example.task_form for example in examples}) == len(examples)
        runs = [_runs(example.question) for example in examples]
        assert sum(map(len, runs)) == len(set[tuple[str, ...]]().union(*runs))


def _runs(question: str) -> set[tuple[str, ...]]:
    words = question.lower().rstrip("?.").split()
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


def test_a_pair_is_made_from_the_chunks_that_hold_it_and_the_recipe() -> None:
    document = a_document(KILNS)
    names = {chunk.ref: chunk for chunk in chunks_of(document)}

    for example in taught(KILNS)[0]:
        *holding, recipe = example.made_from
        assert recipe == RECIPE
        assert holding
        for ref in holding:
            assert any(
                names[ref].start < e.end and e.start < names[ref].end for e in example.evidence
            )


def test_only_the_levels_asked_for_are_made() -> None:
    made, _ = taught(KILNS, levels=(1,))

    assert {example.level.value for example in made} == {"chunk-pure"}
    assert not any("Ode" in example.question for example in made)


def test_without_an_author_the_questions_speak_of_the_author() -> None:
    made, _ = taught(KILNS, author=None)

    assert any("the author" in example.question for example in made)
    assert not any("None" in example.question for example in made)


def test_level_four_is_refused_in_one_sentence() -> None:
    with pytest.raises(UsageError, match="cannot make level 4") as refused:
        check_levels(ExtractiveTeacher(), GenerationSettings(levels=(1, 4)))

    assert "chat model" in (refused.value.hint or "")


def test_an_answer_that_leans_on_earlier_words_is_turned_down() -> None:
    text = "# Glaze\n\nBut if the potter thins it with milk, the coat turns sour within a day.\n\n"
    text += "However, old glazes are a mixture of ash and clay that melts at a low heat.\n"
    made, rejected = taught(text)

    assert not made
    assert {one.reason for one in rejected} <= {"dangling_start"}


def test_the_same_subject_in_two_sections_is_asked_across_both() -> None:
    text = (
        "# The craft\n\n## Mixing\n\nWood ash is the cheapest of all fluxes, and every hearth "
        "gives some away. It must be washed three times before anybody weighs it out.\n\n"
        "## Firing at night\n\nWood ash makes a runny glaze when the kiln stays hot for too long. "
        "It drips on the shelf and glues the pot down.\n"
    )
    joint = [one for one in taught(text)[0] if one.task_form == "across_sections"]

    assert [len(one.evidence) for one in joint] == [2]
    assert "“Mixing”" in joint[0].question
    assert "“Firing at night”" in joint[0].question


def test_apparatus_code_and_tables_are_not_asked_about() -> None:
    text = (
        "# Table of contents\n\nWet clay is a mixture of plates and water that shrinks.\n\n"
        "# Notes on code\n\n```text\nWet clay is a mixture of plates that shrinks.\n```\n\n"
        "| clay | is a mixture |\n|---|---|\n| wet | of plates |\n"
    )

    assert taught(text) == ([], [])


def test_a_text_in_another_language_gives_one_rejection_per_chunk() -> None:
    text = "# Ton\n\n" + "Der Ton wird langsam getrocknet, damit er im Ofen nicht reißt. " * 20
    made, rejected = taught(text)

    assert not made
    assert len(rejected) == len(chunks_of(a_document(text)))
    assert {one.reason for one in rejected} == {"language_not_supported"}


def test_no_chunks_give_no_proposals() -> None:
    proposed = ExtractiveTeacher().propose(
        a_document(KILNS), [], settings=GenerationSettings(), recipe=Ref.parse(str(RECIPE))
    )

    assert list(proposed) == []


SENTENCES = (
    "Wet clay shrinks as it dries, because water leaves the plates.",
    "Never lend a kiln to a stranger.",
    "However, this is rare.",
    "If a pot leaks, melt wax into it while it is warm.",
    "A bat is a board that is put under a pot on the wheel.",
    "Why does a thick wall crack?",
    "It cracks since its skin dries before its heart.",
    "He said “not yet” and left.[3]",
    "Ode (1989) argued that slow drying saves more pots than any glaze.",
    "— and so on: wheel, bat; sponge",
    "The best way to dry a large jar is to hang it upside down in a cool cellar.",
    "“Wait,” she said.",
)


@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5), max_size=5))
@settings(max_examples=60, deadline=None)
def test_whatever_the_text_every_answer_is_a_slice_of_it(paragraphs: list[list[str]]) -> None:
    text = "# A heading\n\n" + "\n\n".join(" ".join(words) for words in paragraphs) + "\n"
    made, rejected = taught(text)

    for one in (*made, *rejected):
        for evidence in one.evidence:
            assert text[evidence.start : evidence.end] == evidence.quote
    for example in made:
        assert example.answer == "\n\n".join(e.quote for e in example.evidence)
        assert example.question.endswith(("?", "."))
