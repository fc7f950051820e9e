from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from lorewright.analyze.cues import Cues, the_cues, words_of
from lorewright.analyze.signs import Signs
from lorewright.records import ChunkType

CER = ChunkType.CER


def some_cues(*cues: dict[str, Any], **more: Any) -> Cues:
    return Cues.model_validate(
        {
            "least_confidence": {CER: "0.5"},
            "cue": [{"type": CER, "weight": "0.5", **cue} for cue in cues],
            "imperatives": {"verbs": ["take"], "follow": ["a"], "openers": ["never", "do not"]},
            **more,
        }
    )


def test_the_cues_that_come_along_cover_every_typed_layer() -> None:
    kinds = {cue.type for cue in the_cues().cue}
    groups = {cue.group for cue in the_cues().cue if cue.type is CER}

    assert kinds == set(ChunkType) - {ChunkType.CHAPTER_SEQUENTIAL}
    assert groups == {"reasoning", "figures", "citation", "research", "conclusion"}
    assert the_cues().least_groups[CER] == 2


@pytest.mark.parametrize(
    "cue",
    [
        {"name": "nothing to look for"},
        {"name": "two things", "phrases": ["a"], "pattern": "b"},
        {"name": "capitals", "phrases": ["Because"]},
        {"name": "broken", "pattern": "("},
        {"name": "too sure", "phrases": ["a"], "weight": "1.0"},
        {"name": "unknown", "phrases": ["a"], "colour": "red"},
    ],
)
def test_a_cue_that_makes_no_sense_is_refused(cue: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        some_cues(cue)


def test_two_cues_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two cues are called 'a'"):
        some_cues({"name": "a", "phrases": ["x"]}, {"name": "a", "phrases": ["y"]})


def test_phrases_are_whole_words_in_any_case_and_punctuation() -> None:
    signs = Signs(some_cues({"name": "so", "phrases": ["so that", "don't"]}))

    assert signs.in_passage("So, that is it! Don\u2019t.", {}) == {"so": 2}
    assert signs.in_passage("so thatched", {}) == {}


def test_a_pattern_is_tried_only_where_it_can_match() -> None:
    signs = Signs(some_cues({"name": "p", "pattern": "B.", "only_with": ["go"], "needs": "45"}))

    assert signs.in_passage("Bx go 4 By", {}) == {"p": 2}
    assert signs.in_passage("Bx go", {}) == {}
    assert signs.in_passage("Bx 4", {}) == {}


def test_cues_together_are_surer_than_each_and_a_group_speaks_once() -> None:
    signs = Signs(
        some_cues(
            {"name": "a", "phrases": ["a"], "group": "g"},
            {"name": "b", "phrases": ["b"], "group": "g", "weight": "0.6"},
            {"name": "c", "phrases": ["c"]},
        )
    )

    found = signs.finding(CER, {"a": 1, "b": 1, "c": 1})

    assert found is not None
    assert found.confidence == Decimal("0.80")
    assert found.cue == "b"


def test_a_cue_counts_from_the_number_it_asks_for() -> None:
    signs = Signs(some_cues({"name": "a", "phrases": ["a"], "at_least": 2}))

    assert signs.finding(CER, {"a": 1}) is None
    assert signs.finding(CER, {"a": 2}) is not None


def test_too_few_groups_are_no_finding() -> None:
    signs = Signs(some_cues({"name": "a", "phrases": ["a"]}, least_groups={CER: 2}))

    assert signs.finding(CER, {"a": 5}) is None


def test_imperatives_begin_sentences() -> None:
    signs = Signs(some_cues({"name": "a", "phrases": ["a"]}))

    assert signs.imperatives("Take a towel. Do not run. Never look back. - [ ] Take a bowl.") == 4
    assert signs.imperatives("Takes a towel. They take a rest. Never was he so. Take care.") == 0


def test_words_have_no_marks_but_apostrophes() -> None:
    assert words_of("“Don\u2019t,” he said\u2014twice.") == ["don't", "he", "said", "twice"]
