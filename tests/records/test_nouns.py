"""Each noun refuses what would contradict itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builders import (
    WORDS,
    a_base,
    a_blob,
    a_chunk,
    a_dataset,
    a_decision,
    a_document,
    a_recipe,
    a_source,
    an_adapter,
    an_example,
    an_outside_base,
)
from lorewright.errors import BadRecord
from lorewright.lineage import Ref
from lorewright.records import (
    BaseLanguageModel,
    Collection,
    Document,
    Evidence,
    Match,
    Membership,
    Section,
    Split,
    Turn,
)


def with_sections(*borders: tuple[int, int], length: int) -> Document:
    return a_document("x" * length).model_copy(
        update={
            "sections": tuple(
                Section(heading=f"H{start}", level=1, start=start, end=end)
                for start, end in borders
            )
        }
    )


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.data())
def test_a_document_cites_the_words_that_stand_there(words: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    document = a_document(words)

    evidence = document.cite(start, end, match=Match.NORMALISED)

    assert evidence.quote == words[start:end]
    assert (evidence.document, evidence.start, evidence.end) == (document.ref, start, end)
    assert evidence.match is Match.NORMALISED


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 3), (0, len(WORDS) + 1)])
def test_a_span_that_leaves_the_text_cannot_be_cited(start: int, end: int) -> None:
    with pytest.raises(BadRecord, match="does not lie in a text"):
        a_document().cite(start, end)


def test_a_document_without_its_text_cannot_cite() -> None:
    document = Document.from_body(a_document().body)

    with pytest.raises(BadRecord, match="was not loaded"):
        document.cite(0, 1)


def test_a_document_takes_only_its_own_text() -> None:
    with pytest.raises(BadRecord, match="has changed"):
        a_document().with_text(WORDS + " ")


def test_a_document_must_know_how_long_its_text_is() -> None:
    document = with_sections((0, 4), length=4).model_copy(update={"text": a_blob(b"xxxxx")})

    with pytest.raises(BadRecord, match="4 characters, and it has 5"):
        document.with_text("xxxxx")


def test_sections_are_found_by_what_they_hold() -> None:
    document = with_sections((0, 3), (3, 4), (4, 9), length=9)

    found = [document.section_at(position).start for position in range(9)]

    assert found == [0, 0, 0, 3, 4, 4, 4, 4, 4]


@pytest.mark.parametrize(
    "borders",
    [
        [],
        [(0, 3), (4, 9)],
        [(0, 5), (4, 9)],
        [(1, 9)],
        [(0, 8)],
        [(0, 0), (0, 9)],
        [(0, 9), (9, 8)],
    ],
)
def test_sections_tile_the_text(borders: list[tuple[int, int]]) -> None:
    with pytest.raises(ValidationError, match="sections"):
        with_sections(*borders, length=9)


def test_an_empty_document_has_no_sections() -> None:
    assert a_document("").sections == ()


def test_a_quote_is_as_long_as_its_span() -> None:
    with pytest.raises(ValidationError, match="exactly as long"):
        Evidence(document=a_document().ref, start=0, end=3, quote="four")


@pytest.mark.parametrize("change", [{"end": 0}, {"start": -1}, {"made_from": (a_recipe().ref,)}])
def test_a_chunk_is_a_part_of_the_document_it_is_made_from(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_chunk().model_copy(update=change)


def test_an_example_has_evidence_or_says_why_not() -> None:
    example = an_example()

    assert example.model_copy(update={"evidence": (), "ungrounded": "advice"}).evidence == ()
    for wrong in ({"evidence": ()}, {"ungrounded": "advice"}):
        with pytest.raises(ValidationError, match="ungrounded"):
            example.model_copy(update=wrong)


def test_an_example_ends_with_the_answer() -> None:
    system, user = Turn(role="system", text="Be brief."), Turn(role="user", text="Why?")
    answer = Turn(role="assistant", text="Because.")
    example = an_example()

    assert example.model_copy(update={"turns": (user, answer, user, answer)}).question == "Why?"
    assert example.model_copy(update={"turns": (system, answer)}).question == ""
    assert example.answer == WORDS[9:49]
    with pytest.raises(ValidationError, match="assistant's turn"):
        example.model_copy(update={"turns": (answer, user)})


@pytest.mark.parametrize(
    "change",
    [
        {"accepted": 2},
        {"requested": 4},
        {"rejected_by_reason": ()},
        {"splits": ()},
        {"splits": a_dataset().splits * 2, "accepted": 2, "requested": 4},
    ],
)
def test_a_dataset_adds_up(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"add up|requested|once"):
        a_dataset().model_copy(update=change)


def test_a_dataset_knows_its_splits_and_blobs() -> None:
    dataset = a_dataset()
    bare = dataset.model_copy(update={"rejected": None, "held_out": None})

    assert dataset.membership(Split.TRAIN) == dataset.splits[0]
    assert dataset.membership(Split.VALID) is None
    assert len(list(dataset.cited_blobs())) == 3
    assert list(bare.cited_blobs()) == [dataset.splits[0].pages[0].blob]


def test_the_pages_of_a_split_add_up() -> None:
    page = a_dataset().splits[0].pages[0]

    with pytest.raises(ValidationError, match="do not add up"):
        Membership(split=Split.TRAIN, count=2, root="0" * 64, pages=(page,))


def test_a_collection_holds_one_kind_and_may_nest() -> None:
    inner = Collection(member_kind="source", count=1, made_from=(a_source().ref,))

    assert Collection(member_kind="source", count=1, made_from=(inner.ref,)).count == 1
    with pytest.raises(ValidationError, match="nothing else"):
        Collection(member_kind="source", count=2, made_from=(inner.ref, a_recipe().ref))


def test_a_decision_is_made_from_what_it_names() -> None:
    decision = a_decision()
    before = Ref("decision", "1" * 64)

    followed = decision.model_copy(
        update={"after": before, "made_from": (*decision.made_from, before)}
    )

    assert followed.after == before
    for wrong in ({"after": before}, {"made_from": decision.made_from[:1]}):
        with pytest.raises(ValidationError, match="a decision is made from"):
            decision.model_copy(update=wrong)


@pytest.mark.parametrize(
    ("base", "change"),
    [
        (a_base(), {"made_from": ()}),
        (a_base(), {"files": ()}),
        (an_outside_base(), {"outside": ()}),
        (an_outside_base(), {"made_from": (a_recipe().ref,)}),
    ],
)
def test_a_base_is_made_here_or_brought_from_outside(
    base: BaseLanguageModel, change: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match=r"pocket|outside"):
        base.model_copy(update=change)


def test_bases_and_adapters_cite_their_files() -> None:
    assert list(a_base().cited_blobs()) == [a_blob(b"weights")]
    assert list(an_outside_base().cited_blobs()) == []
    assert list(an_adapter().cited_blobs()) == [a_blob(b"low rank"), a_blob(b"history")]
