"""Rules for what only procedures, arguments or examples have."""

import re
from itertools import islice

from lorewright.analyze.content_rules import citations_in, result_in
from lorewright.analyze.filling import Filling, Rule, joined, text, texts
from lorewright.analyze.passage import Passage
from lorewright.analyze.wording import the_wording, whole
from lorewright.prose import Span
from lorewright.records import ProcedureStep, ScenarioType


def task_name(passage: Passage) -> Filling | None:
    """What the line above the steps, or a heading that begins with *how to*, calls the task."""
    for sentence in passage.prose:
        if found := _INTRODUCTION.match(passage.words_at(sentence.span)):
            start = sentence.start + found.start("task")
            return text(passage, [Span(start, sentence.start + found.end("task"))])
    found = _HOW_TO.match(passage.chunk.heading)
    return Filling(found["task"].strip()) if found else None


def steps_json(passage: Passage) -> Filling | None:
    """The items of a list, or else at least two sentences that command."""
    spans = passage.items
    if len(spans) < 2:
        commands = the_wording().steps["commands"]
        spans = [
            one.span
            for one in passage.prose
            if whole(commands).match(one.text) and not one.text.endswith("?")
        ]
    if len(spans) < 2:
        return None
    return Filling(tuple(_step(passage, span) for span in spans), tuple(spans))


def warnings_failure_modes(passage: Passage) -> Filling | None:
    """Sentences with a word of warning."""
    words = whole(the_wording().warnings["words"])
    return text(passage, [one.span for one in passage.sentences if words.search(one.text)])


def claim(passage: Passage) -> Filling | None:
    """The first sentence of an argument that is no question."""
    stated = (one.span for one in passage.prose if _is_statement(one.text))
    return text(passage, list(islice(stated, 1)))


def evidence_snippets(passage: Passage) -> Filling | None:
    """Sentences with a source, a figure or a quotation."""
    cited = citations_in(passage)
    return texts(
        passage,
        [
            one.span
            for one in passage.sentences
            if any(one.start <= place.start < one.end for place in cited)
            or _FIGURE.search(one.text)
        ],
    )


def reasoning_sketch(passage: Passage) -> Filling | None:
    """Sentences with *because*, *therefore* and the like, while 300 characters hold them."""
    words = whole(the_wording().reasons["words"])
    spans = [one.span for one in passage.sentences if words.search(one.text)]
    while spans and len(" ".join(joined(passage, span) for span in spans)) > 300:
        spans.pop()
    return text(passage, spans)


def citations(passage: Passage) -> Filling | None:
    """Sources named with their year."""
    return texts(passage, citations_in(passage))


def scenario_type(passage: Passage) -> Filling:
    """A case has a result in numbers, a dialogue two that answer, a walk-through has steps."""
    if _QUESTION_MARK.search(passage.text):
        return Filling(ScenarioType.Q_AND_A)
    results = [one for one in passage.prose if result_in(one)]
    if results:
        return Filling(ScenarioType.CASE_STUDY, (results[-1].span,))
    if len(_ANSWERS.findall(passage.text)) > 1:
        return Filling(ScenarioType.DIALOGUE)
    if len(passage.items) > 1:
        return Filling(ScenarioType.WALKTHROUGH)
    return Filling(ScenarioType.ANECDOTE)


def problem_context(passage: Passage) -> Filling | None:
    """The first sentence of an example."""
    return text(passage, [one.span for one in islice(passage.prose, 1)])


def solution_action(passage: Passage) -> Filling | None:
    """Of a case with a result, what stands between its first sentence and the result."""
    sentences = list(passage.prose)
    results = [at for at, one in enumerate(sentences) if result_in(one)]
    if not results:
        return None
    return text(passage, [one.span for one in sentences[1 : results[-1]]])


def outcome_metrics(passage: Passage) -> Filling | None:
    """The last sentence with a result in numbers."""
    return text(passage, [one.span for one in passage.prose if result_in(one)][-1:])


def _step(passage: Passage, span: Span) -> ProcedureStep:
    """The first clause is the step; what follows a full stop explains it."""
    step, _, details = joined(passage, span).partition(". ")
    return ProcedureStep(step=step, details=details)


def _is_statement(words: str) -> bool:
    return not words.endswith(("?", ":"))


KIND_RULES = (
    Rule("task_name", "the line above the steps, or a heading with how to", task_name),
    Rule("steps_json", "the items of a list, or two sentences or more that command", steps_json),
    Rule(
        "warnings_failure_modes", "sentences with never, avoid and the like", warnings_failure_modes
    ),
    Rule("claim", "the first sentence that is no question", claim),
    Rule(
        "evidence_snippets", "sentences with a source, a figure or a quotation", evidence_snippets
    ),
    Rule("reasoning_sketch", "sentences with because, therefore and the like", reasoning_sketch),
    Rule("citations", "sources named with their year", citations),
    Rule("scenario_type", "a result in numbers, answers in speech, steps", scenario_type),
    Rule("problem_context", "the first sentence", problem_context),
    Rule(
        "solution_action", "what stands between the first sentence and the result", solution_action
    ),
    Rule("outcome_metrics", "the last sentence with a result in numbers", outcome_metrics),
)

_INTRODUCTION = re.compile(r"To (?P<task>[a-z][^:.?!\n]{2,80}):$")
_HOW_TO = re.compile(r"how to (?P<task>.+?)[.:]?$", re.IGNORECASE)
_FIGURE = re.compile(r"\d|\u201c[^\u201d]+\u201d|\"[^\"]+\"")
_QUESTION_MARK = re.compile(r"^\s*\**Q(?:uestion)?\s*[:.]", re.MULTILINE)
_ANSWERS = re.compile(r"\b(?:I|he|she|they|\w+) (?:replied|answered|asked)\b")
