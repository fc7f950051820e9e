"""The published templates of the families, against masks made by hand."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from architecture.house import ROOT
from lorewright.errors import BadMask
from lorewright.inference import ChatTokenizer, library
from lorewright.records import Turn
from lorewright.templates import TEMPLATE_DATE, Masked, asks_the_date, pieces
from templates.by_hand import (
    CONVERSATIONS,
    MASKS,
    REFUSED,
    SOURCES,
    expected_tokens,
    read_by_hand,
    turns_of,
)
from templates.stand_ins import PUBLISHED, STAND_INS, template_of, write_stand_in

MASKED = [(family, name) for family, masks in MASKS.items() for name in masks]
UNMASKED = [(family, name) for family, names in REFUSED.items() for name in names]


@pytest.fixture(scope="module")
def tokenizers_of(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {family: write_stand_in(tmp_path_factory.mktemp(family), family) for family in STAND_INS}


@pytest.fixture(scope="module")
def opened(tokenizers_of: dict[str, Path]) -> dict[str, ChatTokenizer]:
    return {family: ChatTokenizer.open(folder) for family, folder in tokenizers_of.items()}


def test_every_family_is_measured_on_every_conversation() -> None:
    assert set(SOURCES) == set(STAND_INS) == {path.stem for path in PUBLISHED.glob("*.jinja")}
    everything = {(family, name) for family in STAND_INS for name in CONVERSATIONS}

    assert {*MASKED, *UNMASKED} == everything
    assert len(MASKED) + len(UNMASKED) == len(everything)


@pytest.mark.parametrize("family", STAND_INS)
def test_a_published_template_is_unchanged(family: str) -> None:
    published = (PUBLISHED / f"{family}.jinja").read_bytes()

    assert hashlib.sha256(published).hexdigest() == SOURCES[family]["sha256"]


@pytest.mark.parametrize(("family", "name"), MASKED)
def test_every_token_is_masked_as_by_hand(
    opened: dict[str, ChatTokenizer], tokenizers_of: dict[str, Path], family: str, name: str
) -> None:
    raw = library("tokenizers").Tokenizer.from_file(str(tokenizers_of[family] / "tokenizer.json"))
    wanted = [read_by_hand(marked) for marked in MASKS[family][name]]

    found = opened[family].masked("example:1", turns_of(name))

    assert [one.rendered.text for one in found] == [one.text for one in wanted]
    assert [[(token.number, token.carries_loss) for token in one.tokens] for one in found] == [
        list(expected_tokens(one, raw)) for one in wanted
    ]
    assert all(one.loss_tokens for one in found)


@pytest.mark.parametrize(("family", "name"), MASKED)
def test_the_tokens_before_an_answer_are_the_prompt_that_serving_hands_over(
    opened: dict[str, ChatTokenizer], family: str, name: str
) -> None:
    tokenizer, turns = opened[family], turns_of(name)
    last = tokenizer.last_answer("example:1", turns)
    prompt = tokenizer.prompt_ids(turns[:-1])

    assert list(last.ids[: len(prompt)]) == prompt
    assert last.labels.index(True) == len(prompt)


@pytest.mark.parametrize(("family", "name"), UNMASKED)
def test_what_cannot_be_masked_exactly_is_refused_with_its_reason(
    opened: dict[str, ChatTokenizer], family: str, name: str
) -> None:
    with pytest.raises(BadMask, match=REFUSED[family][name]):
        opened[family].masked("example:1", turns_of(name))


@pytest.mark.parametrize(("family", "name"), MASKED)
def test_the_pieces_of_a_rendering_are_its_text(
    opened: dict[str, ChatTokenizer], family: str, name: str
) -> None:
    for masked in opened[family].masked("example:1", turns_of(name)):
        shown = list(pieces(masked))

        assert "".join(piece.text for piece in shown) == masked.rendered.text
        assert [number for piece in shown for number in piece.numbers] == numbers_of(masked)


def numbers_of(masked: Masked) -> list[int]:
    return [token.number for token in masked.tokens]


@pytest.mark.parametrize("family", STAND_INS)
def test_a_control_token_in_the_words_of_a_turn_is_refused(
    opened: dict[str, ChatTokenizer], family: str
) -> None:
    end = STAND_INS[family].end
    turns = (Turn(role="user", text=f"Say {end}"), Turn(role="assistant", text="Yes."))

    with pytest.raises(BadMask, match="contain the control token"):
        opened[family].masked("example:1", turns)


@pytest.mark.parametrize("family", STAND_INS)
def test_an_answer_ends_where_the_family_says(
    opened: dict[str, ChatTokenizer], tokenizers_of: dict[str, Path], family: str
) -> None:
    raw = library("tokenizers").Tokenizer.from_file(str(tokenizers_of[family] / "tokenizer.json"))

    assert opened[family].stop_ids == [raw.token_to_id(STAND_INS[family].end)]


def test_a_template_that_asks_for_the_date_is_always_told_the_same(
    opened: dict[str, ChatTokenizer],
) -> None:
    asking = {family for family in STAND_INS if asks_the_date(template_of(family))}

    (masked,) = opened["llama_3_2"].masked("example:1", turns_of("one turn"))

    assert asking == {"llama_3_2"}
    assert f"Today Date: {TEMPLATE_DATE:%d %b %Y}\n" in masked.rendered.text


def test_a_conversation_that_begins_with_the_assistant_is_refused(
    opened: dict[str, ChatTokenizer],
) -> None:
    with pytest.raises(BadMask, match="begins with the assistant"):
        opened["llama_3"].masked("example:1", (Turn(role="assistant", text="Hello."),))


def table_of_families(
    opened: dict[str, ChatTokenizer], tokenizers_of: dict[str, Path]
) -> Iterator[str]:
    """What the masks written by hand come to, one line for each family."""
    yield "| family | template | conversations | tokens | with loss | as by hand | refused |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for family, masks in MASKS.items():
        raw = library("tokenizers").Tokenizer.from_file(
            str(tokenizers_of[family] / "tokenizer.json")
        )
        wanted = [
            token
            for by_hand in masks.values()
            for marked in by_hand
            for token in expected_tokens(read_by_hand(marked), raw)
        ]
        found = [
            (token.number, token.carries_loss)
            for name in masks
            for masked in opened[family].masked("example:1", turns_of(name))
            for token in masked.tokens
        ]
        agreeing = sum(one == other for one, other in zip(found, wanted, strict=True))
        cells = (
            SOURCES[family]["family"],
            f"`{SOURCES[family]['sha256'][:12]}`",
            len(masks),
            f"{len(wanted):,}",
            f"{sum(loss for _, loss in wanted):,}",
            f"{100 * agreeing / len(wanted):g} %",
            "; ".join(REFUSED[family]),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def test_the_table_in_the_documentation_is_what_the_masks_come_to(
    opened: dict[str, ChatTokenizer], tokenizers_of: dict[str, Path]
) -> None:
    page = (ROOT / "docs" / "verbs" / "train.md").read_text(encoding="utf-8")
    table = re.search(r"^\| family \| template.*?(?=\n\n)", page, re.DOTALL | re.MULTILINE)

    assert table is not None
    assert table[0].splitlines() == [*table_of_families(opened, tokenizers_of)]


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="<|>[]", exclude_categories=("Cs",)),
    min_size=1,
    max_size=20,
).filter(str.strip)


@pytest.mark.parametrize("family", STAND_INS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=WORDS, answer=WORDS)
def test_any_words_are_trained_as_they_are_or_refused(
    opened: dict[str, ChatTokenizer], family: str, question: str, answer: str
) -> None:
    turns = (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    refusal: BadMask | None = None
    found = tuple[Masked, ...]()
    try:
        found = opened[family].masked("example:1", turns)
    except BadMask as error:
        refusal = error
    if refusal is not None:
        assert "straddles" in refusal.sentence or "cannot write" in (refusal.hint or "")
        return

    (masked,) = found
    trained = masked.rendered.trained_text.removesuffix(STAND_INS[family].end)
    assert trained.strip() == answer.strip()
    assert masked.loss_tokens
