"""What an example must be, whoever proposed it; each gate has a key and a sentence."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from lorewright.curate.curation import TurnedDown
from lorewright.curate.markers import chat_marker
from lorewright.lineage import Ref
from lorewright.records import Document, Example
from lorewright.settings import CurationSettings
from lorewright.similarity import normalised, words

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
"""Control characters other than tab and line end, and the mark of a failed decoding."""
_ESCAPED_LINES = re.compile(r"(?:\\r)?\\n(?:\\r)?\\n|\\r\\n")


def fault_of(
    example: Example, *, documents: Mapping[Ref, Document], settings: CurationSettings
) -> TurnedDown | None:
    """The first gate that `example` fails, or None."""
    least = settings.min_answer_words
    gates: tuple[Callable[[Example], TurnedDown | None], ...] = (
        disordered_turns,
        empty_question,
        lambda one: short_answer(one, least=least),
        repeated_question,
        control_characters,
        escaped_lines,
        control_token,
        lambda one: missing_evidence(one, documents),
    )
    return next((fault for gate in gates if (fault := gate(example))), None)


def disordered_turns(example: Example) -> TurnedDown | None:
    """User and assistant must take turns, behind at most one word of the system."""
    roles = [turn.role for turn in example.turns]
    spoken = roles[1:] if roles[0] == "system" else roles
    alternate = all(one != other for one, other in pairwise(spoken))
    if spoken and spoken[0] == "user" and "system" not in spoken and alternate:
        return None
    return TurnedDown("turns_out_of_order", f"the turns come as {', '.join(roles)}")


def empty_question(example: Example) -> TurnedDown | None:
    """Every turn of the user must hold a word."""
    if all(words(turn.text) for turn in example.turns if turn.role == "user"):
        return None
    return TurnedDown("no_question", "a question holds no word")


def short_answer(example: Example, *, least: int) -> TurnedDown | None:
    """The last answer must have some length, and every other one a word."""
    if not all(words(turn.text) for turn in example.turns if turn.role == "assistant"):
        return TurnedDown("no_answer", "an answer holds no word")
    count = len(words(example.answer))
    if count >= least:
        return None
    return TurnedDown("too_short", f"the answer has {count} words, fewer than {least}")


def repeated_question(example: Example) -> TurnedDown | None:
    """The answer must say something that the question does not."""
    question, answer = normalised(example.question), normalised(example.answer)
    if f" {answer} " not in f" {question} ":
        return None
    return TurnedDown("answer_repeats_question", "all the answer says stands in the question")


def control_characters(example: Example) -> TurnedDown | None:
    """No turn may hold characters that no person writes."""
    for turn in example.turns:
        if found := _CONTROL.search(turn.text):
            detail = f"the {turn.role}'s words hold the character U+{ord(found[0]):04X}"
            return TurnedDown("control_characters", detail)
    return None


def escaped_lines(example: Example) -> TurnedDown | None:
    """No turn may hold line ends that were written out as a backslash and a letter."""
    for turn in example.turns:
        if _ESCAPED_LINES.search(turn.text):
            detail = f"the {turn.role}'s words hold line ends written out as letters"
            return TurnedDown("escaped_lines", detail)
    return None


def control_token(example: Example) -> TurnedDown | None:
    """No turn may hold a control token: training would take it for a command."""
    for turn in example.turns:
        if found := chat_marker(turn.text):
            detail = f"the {turn.role}'s words hold the control token {found}"
            return TurnedDown("control_token", detail)
    return None


def missing_evidence(example: Example, documents: Mapping[Ref, Document]) -> TurnedDown | None:
    """What is cited must stand where it is said to stand, in a document in use."""
    for cited in example.evidence:
        document = documents.get(cited.document)
        if document is None:
            detail = f"{cited.document.short} is not among the documents in use"
            return TurnedDown("evidence_missing", detail)
        if document.words[cited.start : cited.end] != cited.quote:
            detail = f"other words stand at {cited.start}-{cited.end} of {cited.document.short}"
            return TurnedDown("evidence_differs", detail)
    return None
