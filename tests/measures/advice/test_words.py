"""The lists of words: what came along, and the operator's own."""

from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.measures.advice import Metric, Setting, lexicon, measure_advice
from lorewright.measures.advice.phrases import compiled
from lorewright.measures.advice.reading import read_answer, words_of


def found(pattern: str, text: str, **classes: frozenset[str]) -> list[str]:
    words = words_of(text)
    hits = compiled([(pattern, pattern)], classes=classes).find(words)
    return [" ".join(words[hit.start : hit.end]) for hit in hits]


@pytest.mark.parametrize(
    ("pattern", "text", "hits"),
    [
        ("middle ground", "the Middle Ground, a middle-ground", ["middle ground"] * 2),
        ("both ... and", "both here and there and now", ["both here and"]),
        ("both ... and", "both a b c d e and", []),
        (
            "in # weeks",
            "in 3-6 weeks, in two to three weeks",
            ["in 3 6 weeks", "in two to three weeks"],
        ),
        ("it's|that's okay", "It is okay. That\u2019s okay.", ["it is okay", "that's okay"]),
        ("a _ c", "a b c a c", ["a b c"]),
        ("by <day>", "by friday by then", ["by friday"]),
        ("one two", "one", []),
        ("#", "7 or 8, eight", ["7 or 8", "eight"]),
    ],
)
def test_patterns_find_what_they_say(pattern: str, text: str, hits: list[str]) -> None:
    assert found(pattern, text, day=frozenset({"friday"})) == hits


def test_the_longest_of_several_counts_and_no_word_twice() -> None:
    phrases = compiled([("a b", "short"), ("a b c", "long"), ("c d", "next")])

    assert [hit.label for hit in phrases.find(["a", "b", "c", "d"])] == ["long"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "empty"),
        ("... a", "begins or ends"),
        ("a ...", "begins or ends"),
        ("_ a", "begins or ends"),
        ("<nobody> is", "no class"),
        ("a|b-c d", "between"),
        ("a ... b ... c ... d", "too long"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_named(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compiled([(pattern, "x")])


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Lee agrees. See you.", ["dr. lee agrees.", "see you."]),
        ("It costs 3.50 e.g. at noon. Fine.", ["it costs 3.50 e.g. at noon.", "fine."]),
        ("Wait... what? Go!", ["wait... what?", "go!"]),
        ("a line\nthat goes on\nAnd another", ["a line that goes on", "and another"]),
        ("1) One\n2. Two\nStep 3: Three", ["one", "two", "three"]),
        ("**Note:** fine.\n\n---\n", ["**note:** fine."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in read_answer(text).sentences] == sentences


def test_the_lexicon_that_came_along_has_what_the_page_says() -> None:
    known = lexicon()

    assert len(known.families) >= 120
    assert len(set(known.families.values())) == 11
    assert known is lexicon()


def test_own_lists_stand_in_the_place_of_those_that_came_along(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[validation]\npatterns = ["fair enough"]\n'
        '[emotions.sea]\nseasick = ["seasick", "queasy"]\n'
        '[glossary.sailing]\nterms = ["jib", "close hauled"]\ntopic = ["boat"]\n',
        encoding="utf-8",
    )
    text = "Fair enough: you are seasick and worried. That makes sense. Mind the jib."

    measured = measure_advice(
        text, Setting("My boat is wet."), known=lexicon(own, glossary="sailing")
    )

    assert measured.values[Metric.VALIDATION].found == ("fair enough",)
    assert measured.values[Metric.EMOTION_WORDS].found == ("seasick", "worried")
    assert measured.values[Metric.JARGON].found == ("jib",)


def test_a_list_of_emotions_of_others_can_be_read(tmp_path: Path) -> None:
    own = tmp_path / "emotions.txt"
    own.write_text(
        "abandon\tfear\t1\nabandon\tsadness\t1\nchair\tfear\t0\ngood\tpositive\t1\n\n",
        encoding="utf-8",
    )

    known = lexicon(own)

    assert known.families == {"abandon": "fear"}
    assert (
        measure_advice("We abandon a worried chair.", known=known).value(Metric.EMOTION_WORDS) == 1
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("own.toml", "[validation", "cannot be read"),
        ("own.toml", "[surprise]\na = 1", "surprise"),
        ("own.toml", "[validation]\npatterns = []", "validation.patterns"),
        ("own.toml", "[validation]\npatterns = [3]", "validation.patterns.0"),
        ("own.toml", 'validation = "yes"', "validation"),
        ("own.toml", 'emotions = "yes"', "emotions"),
        ("own.toml", '[validation]\npatterns = ["... so"]', "validation: the pattern"),
        ("own.toml", '[perspective]\npatterns = ["<who> ... feels"]', "no class"),
        ("own.txt", "abandon fear 1", "line of a lexicon"),
        ("own.txt", "abandon\tfear\t0", "names no emotion"),
    ],
)
def test_a_lexicon_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    own = tmp_path / name
    own.write_text(content, encoding="utf-8")

    with pytest.raises(BadSettings, match=why) as raised:
        lexicon(own)
    assert str(own) in (raised.value.where or "")


def test_a_lexicon_or_a_glossary_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        lexicon(tmp_path / "nowhere.toml")
    with pytest.raises(BadSettings, match="cannot be read"):
        lexicon(tmp_path / "nowhere.txt")
    with pytest.raises(BadSettings, match="no glossary 'sailing'"):
        lexicon(glossary="sailing")
