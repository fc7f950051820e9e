"""What carries loss, looked at before anything is trained; and lengths."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord, OutsideError
from lorewright.inference import ChatTokenizer, Sample
from lorewright.records import Turn
from lorewright.train import Line, MaskView, SplitLine, view_masks
from lorewright.train.lengths import NAMED, TooLong, refuse_too_long, too_long
from templates.stand_ins import write_stand_in

Folder = Callable[..., Path]


@pytest.fixture
def a_folder(tmp_path: Path) -> Folder:
    """A base model without weights: the tokenizer of a family, and a config."""

    def make(family: str = "qwen_2_5", *, limit: int | None = 4096) -> Path:
        write_stand_in(tmp_path, family)
        config = {"max_position_embeddings": limit}
        (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
        return tmp_path

    return make


def a_line(answer: str, name: str, *, system: str | None = None) -> Line:
    asked = (Turn(role="user", text="How often?"), Turn(role="assistant", text=answer))
    first = (Turn(role="system", text=system),) if system else ()
    return Line(name=name, turns=(*first, *asked))


LINES = [
    SplitLine("train", a_line("Once a year.", "example:1")),
    SplitLine("train", a_line("Rest. 🌿", "example:2")),
    SplitLine("valid", a_line("No.", "example:3")),
]


def seen(
    folder: Path, lines: list[SplitLine], *, count: int = 9, limit: int | None = None
) -> MaskView:
    return view_masks(lines, folder, base="tiny", max_length=limit, count=count)


def test_the_view_counts_what_training_reads(a_folder: Folder) -> None:
    folder = a_folder()
    tokenizer = ChatTokenizer.open(folder)
    samples = [one for _, line in LINES for one in tokenizer.samples(line.name, line.turns)]

    view = seen(folder, LINES)

    assert (view.examples, view.renderings) == (3, 3)
    assert view.tokens == sum(len(one.ids) for one in samples)
    assert view.loss_tokens == sum(sum(one.labels) for one in samples)
    assert [(one.name, one.split) for one in view.shown] == [
        ("example:1", "train"),
        ("example:2", "train"),
        ("example:3", "valid"),
    ]
    assert view.can_be_trained


def test_only_the_first_are_shown_and_all_are_counted(a_folder: Folder) -> None:
    folder = a_folder()

    few, many = seen(folder, LINES, count=1), seen(folder, LINES)

    assert [one.name for one in few.shown] == ["example:1"]
    assert (few.examples, few.tokens, few.loss_tokens) == (3, many.tokens, many.loss_tokens)


def test_every_example_that_is_too_long_is_named_with_its_length(a_folder: Folder) -> None:
    longer = [
        SplitLine("train", a_line("Rest. " * number, f"example:{number}")) for number in (1, 90, 95)
    ]

    view = seen(a_folder(limit=200), longer)

    assert [one.name for one in view.too_long] == ["example:90", "example:95"]
    assert all(one.tokens > 200 for one in view.too_long)
    assert [one.longest for one in view.shown][1:] == [one.tokens for one in view.too_long]
    assert not view.can_be_trained


@pytest.mark.parametrize(
    ("base", "asked", "allowed"), [(200, None, 200), (200, 90, 90), (90, 200, 90), (None, 50, 50)]
)
def test_the_smaller_limit_counts(
    a_folder: Folder, base: int | None, asked: int | None, allowed: int
) -> None:
    assert seen(a_folder(limit=base), LINES, limit=asked).allowed == allowed


def test_an_example_that_cannot_be_masked_is_named_and_the_others_go_on(a_folder: Folder) -> None:
    hostile = SplitLine("train", a_line("Say <|im_end|> now.", "example:bad"))

    view = seen(a_folder(), [LINES[0], hostile, LINES[2]])

    assert [one.name for one in view.unmasked] == ["example:bad"]
    assert "contain the control token <|im_end|>" in view.unmasked[0].sentence
    assert [one.name for one in view.shown] == ["example:1", "example:3"]
    assert view.examples == 3
    assert not view.can_be_trained


def test_a_template_that_moves_the_system_words_shows_one_rendering_per_answer(
    a_folder: Folder,
) -> None:
    first = a_line("Once a year.", "example:1", system="You coach.")
    both = Line(name="example:1", turns=(*first.turns, *a_line("Rest.", "x").turns))

    view = seen(a_folder("mistral_v0_3"), [SplitLine("train", both)])

    assert view.renderings == 2
    assert [one.rendered.trained_text for one in view.shown[0].renderings] == [
        " Once a year.</s>",
        " Rest.</s>",
    ]


def test_the_date_that_a_template_is_told_is_shown(a_folder: Folder) -> None:
    assert seen(a_folder("llama_3_2"), LINES).told_date == "2024-07-26"
    assert seen(a_folder("llama_3_1"), LINES).told_date is None


def test_a_folder_without_a_config_is_refused(a_folder: Folder) -> None:
    folder = a_folder()
    (folder / "config.json").unlink()

    with pytest.raises(OutsideError, match=r"config\.json"):
        seen(folder, LINES)


LENGTHS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=12)


@given(LENGTHS, st.integers(0, 40))
def test_no_length_above_the_limit_is_missed(lengths: list[tuple[int, int]], limit: int) -> None:
    samples = [Sample(f"example:{name}", (0,) * n, (True,) * n) for name, n in lengths]

    found = {one.name: one.tokens for one in too_long(samples, allowed=limit)}

    names = {f"example:{name}" for name, n in lengths if n > limit}
    assert set(found) == names
    assert all(
        found[name] == max(n for other, n in lengths if f"example:{other}" == name)
        for name in names
    )
    assert not too_long(samples, allowed=None)


def test_very_many_are_counted_behind_the_first() -> None:
    found = [TooLong(f"example:{number}", 300 + number) for number in range(NAMED + 7)]

    with pytest.raises(BadRecord, match="57 examples have more than the 256 tokens") as caught:
        refuse_too_long(found, allowed=256)

    assert (caught.value.where or "").startswith("example:0 (300 tokens), example:1 (301 tokens)")
    assert "7 more" in (caught.value.where or "")
    refuse_too_long([], allowed=256)
