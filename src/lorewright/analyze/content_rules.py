"""Rules for what a passage is about and how hard it is."""

import re
from collections import Counter
from itertools import islice

from lorewright.analyze.filling import Filling, Rule, text
from lorewright.analyze.passage import Passage, Sentence
from lorewright.analyze.wording import beginnings, the_wording, whole
from lorewright.prose import Span
from lorewright.records import ChunkType, CoverageTag, DifficultyLevel, Intent
from lorewright.similarity import words as words_of


def chunk_type(passage: Passage) -> Filling:
    """The type that the cues gave the chunk."""
    return Filling(passage.chunk.chunk_type)


def summary(passage: Passage) -> Filling | None:
    """The lead sentence; of a case with a result in numbers, the result."""
    if passage.is_apparatus:
        return None
    fitting = (one for one in passage.prose if _can_stand_alone(one))
    if passage.chunk.chunk_type is not ChunkType.EXAMPLE_SCENARIO:
        return text(passage, [one.span for one in islice(fitting, 1)])
    read = list(fitting)
    results = [one for one in read if result_in(one)]
    return text(passage, [one.span for one in (results[-1:] or read[:1])])


def key_terms(passage: Passage) -> Filling | None:
    """The words of content that come back most, those of the heading first."""
    heading = set(_content_words(" ".join(passage.headings[-1:])))
    counts = Counter(_content_words(passage.text))
    ranked = sorted(counts, key=lambda word: (word not in heading, -counts[word], word))
    terms = [word for word in ranked if counts[word] > 1 or word in heading][:6]
    if len(terms) < 3:
        return None
    return Filling(tuple(terms), tuple(first_place(passage, word) for word in terms))


def intent(passage: Passage) -> Filling | None:
    """Steps instruct, cases and speech narrate, findings inform, and what is left persuades."""
    words = the_wording().intent
    speech = len(whole(words["speech"]).findall(passage.text))
    match passage.chunk.chunk_type:
        case ChunkType.INSTRUCTIONAL_UNIT:
            return Filling(Intent.INSTRUCT)
        case ChunkType.EXAMPLE_SCENARIO:
            return Filling(Intent.NARRATE)
        case ChunkType.CER:
            return Filling(Intent.INFORM if citations_in(passage) else Intent.PERSUADE)
        case ChunkType.CHAPTER_SEQUENTIAL:
            if passage.is_apparatus:
                return Filling(Intent.INFORM)
            if len(passage.items) > 1:
                return Filling(Intent.INSTRUCT)
            story = beginnings(words["first_person_story"]).search(passage.text)
            return Filling(Intent.NARRATE if story or speech > 2 else Intent.EDUCATE)


def coverage_tag(passage: Passage) -> Filling:
    """Apparatus is at the edge, examples support, everything else is core."""
    if passage.is_apparatus:
        return Filling(CoverageTag.EDGE)
    if passage.chunk.chunk_type is ChunkType.EXAMPLE_SCENARIO:
        return Filling(CoverageTag.SUPPORTING)
    return Filling(CoverageTag.CORE)


def difficulty_level(passage: Passage) -> Filling | None:
    """By the length of sentences and words, and by words of research and law."""
    sentences = passage.sentences
    words = [word for one in sentences for word in re.findall(r"[^\W\d_]+", one.text)]
    if not words:
        return None
    study = len(beginnings(the_wording().difficulty["study"]).findall(passage.text))
    study += len(citations_in(passage))
    if study > 3:
        return Filling(DifficultyLevel.ADVANCED)
    long = sum(len(word) > 8 for word in words) / len(words)
    if study or long > 0.14 or len(words) / len(sentences) > 26:
        return Filling(DifficultyLevel.INTERMEDIATE)
    return Filling(DifficultyLevel.BEGINNER)


def result_in(sentence: Sentence) -> bool:
    """Whether a sentence tells what changed over a time, in numbers."""
    return bool(_AFTER.search(sentence.text) and _NUMBER.search(sentence.text))


def citations_in(passage: Passage) -> list[Span]:
    """The places where a source is named with its year."""
    return [
        Span(passage.chunk.start + found.start(), passage.chunk.start + found.end())
        for found in CITATION.finditer(passage.text)
    ]


def first_place(passage: Passage, word: str) -> Span:
    """Where a word stands first; its endings count as the word."""
    found = re.search(rf"\b{re.escape(word)}", passage.text, re.IGNORECASE)
    start = found.start() if found else 0
    return Span(passage.chunk.start + start, passage.chunk.start + start + len(word))


def _content_words(text: str) -> list[str]:
    function_words = the_wording().terms["function_words"]
    return [word for word in words_of(text) if len(word) > 2 and word not in function_words]


def _can_stand_alone(sentence: Sentence) -> bool:
    words = sentence.text.split()
    return (
        5 <= len(words) <= 30
        and len(sentence.text) <= 240
        and sentence.text[-1] in '.!"\u201d'
        and not _LEANS.match(sentence.text)
    )


CONTENT_RULES = (
    Rule("chunk_type", "the cues that made the chunk one of this type", chunk_type),
    Rule(
        "chunk_summary_1s",
        "the first sentence that can stand alone; of a case with a result in numbers, the result",
        summary,
    ),
    Rule("key_terms", "words that come back, those of the heading first", key_terms),
    Rule("intent", "the type, steps, speech and sources named", intent),
    Rule(
        "coverage_tag", "apparatus is at the edge, examples support, the rest is core", coverage_tag
    ),
    Rule("difficulty_level", "lengths of sentences and words, words of research", difficulty_level),
)

_AFTER = re.compile(
    r"\b(?:after|over|within|in|by)\s+(?:\w+\s+){0,2}(?:days?|weeks?|months?|years?)\b"
    r"|\b(?:days?|weeks?|months?|years?)\s+later\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twice|half|dozen|hundred|thousand)\b",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w'\u2019-]{1,40}+"
CITATION = re.compile(
    r"\((?=[^()\n]{0,80}[A-Z]\w)[^()\n]{2,160}?,\s{1,3}\d{4}[a-z]?\)"
    rf"|{_NAME}(?:\s{{1,3}}(?:and|&)\s{{1,3}}(?:{_NAME}|colleagues|others)|\s{{1,3}}et\ al\.?)?"
    r"\s{1,3}\(\d{4}[a-z]?\)"
)
"""A name with a year, in parentheses or before them; bounded, so that no text makes it slow."""
_LEANS = re.compile(
    r"(?:he|she|they|it|its|his|her|their|this|these|those|such|but|and|so|yet|then|another|again"
    r"|both|without one)\b",
    re.IGNORECASE,
)
"""Begins with a word that leans on what was said before."""
