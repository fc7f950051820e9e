"""Examples before a judge: asked together, answered one by one, none of them lost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lorewright.curate.judging.answer import Answer, Answers, Scored, ScoredOrNot, shape_for
from lorewright.curate.judging.case import Case
from lorewright.errors import BadReply
from lorewright.lineage import Ref
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Criterion, Example, Judgement, Prompt, Rating
from lorewright.similarity import locate

PROMPT = "curate/judge"
"""The prompt, and what its calls are for."""
ROLES = {"system": "The set-up", "user": "The client", "assistant": "The advisor"}
"""Who is who in a conversation, in the words of the prompt."""
MOST_FAULTS = 5
"""So many are told to the judge at once."""


@dataclass(frozen=True, slots=True)
class NotJudged:
    """An example about which a judge gave no answer that can be used."""

    example: Example
    why: str


async def judge(
    cases: Sequence[Case], *, asker: Asker, prompt: Prompt, recipe: Ref, draw: int = 0
) -> list[Judgement | NotJudged]:
    """Rate examples against their evidence; one outcome for each, in their order.

    Several examples may share a call. Each is answered by its id, and one that the judge
    leaves out or answers in a way that cannot be right is asked for again with the others; if
    it is still off then, it alone is not judged. A claim that is called unsupported must
    stand in an answer.

    Args:
        cases: examples, best about the same passages.
        asker: makes the calls.
        prompt: the template.
        recipe: the settings of this step.
        draw: another number for asking the same once more.

    Raises:
        BadReply: when nothing in the last reply can be used.
        ModelError: when a call failed for good.
    """
    reading = _Reading(cases)
    documents = {one.document for case in cases for one in case.example.evidence}
    purpose = Purpose(PROMPT, tuple(sorted(documents)), draw)
    try:
        answer = await ask(
            asker,
            shown_to_judge(cases, prompt),
            shape_for(tuple(reading.cases)),
            purpose,
            complaint=reading.complaint,
        )
        said = answer.value
    except BadReply as error:
        if error.fault != "off" or reading.said is None:
            raise
        said = reading.said
        if not any(fault is None for fault in reading.faults(said).values()):
            raise
    faults = reading.faults(said)
    by_id = {one.id: one for one in said.judged}
    parents = (prompt.ref, asker.model, recipe)
    return [
        NotJudged(case.example, fault)
        if (fault := faults[id_])
        else _judgement(case, by_id[id_], parents)
        for id_, case in reading.cases.items()
    ]


def shown_to_judge(cases: Sequence[Case], prompt: Prompt) -> Rendered:
    """The prompt with the examples; a passage that several rest on is shown once."""
    passages = list(dict.fromkeys(one.text for case in cases for one in case.passages))
    numbers = {text: number for number, text in enumerate(passages, start=1)}
    facts = [_facts(id_, case, numbers) for id_, case in _Reading(cases).cases.items()]
    return render(prompt, passages=passages, cases=facts)


def _facts(id_: str, case: Case, numbers: Mapping[str, int]) -> dict[str, Any]:
    found = sorted({numbers[passage.text] for passage in case.passages})
    places = " and ".join(map(str, found))
    return {
        "id": id_,
        "places": f"passage{'s' if len(found) > 1 else ''} {places}",
        "cited": [words for passage in case.passages for words in passage.cited],
        "ungrounded": case.example.ungrounded,
        "directions": case.example.style_directives,
        "turns": [{"role": ROLES[turn.role], "text": turn.text} for turn in case.example.turns],
    }


class _Reading:
    """The examples by the ids that they have in a call, and what is wrong with answers."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = {f"e{number}": case for number, case in enumerate(cases, start=1)}
        self.said: Answers | None = None
        """The last answer of the right shape."""

    def complaint(self, said: Answers) -> str | None:
        """What is off, in words for the judge."""
        self.said = said
        unknown = sorted({one.id for one in said.judged} - self.cases.keys())
        wrong = [f"there is no example {one!r}" for one in unknown]
        wrong += [f"{id_}: {fault}" for id_, fault in self.faults(said).items() if fault]
        more = [f"and {len(wrong) - MOST_FAULTS} more"] if len(wrong) > MOST_FAULTS else []
        return "; ".join([*wrong[:MOST_FAULTS], *more]) or None

    def faults(self, said: Answers) -> dict[str, str | None]:
        """What is off about each example; None for those that are judged."""
        counts = Counter(one.id for one in said.judged)
        by_id = {one.id: one for one in said.judged}
        return {
            id_: "it is not answered"
            if not counts[id_]
            else "it is answered more than once"
            if counts[id_] > 1
            else next(_faults_of(by_id[id_], case), None)
            for id_, case in self.cases.items()
        }


def _faults_of(said: Answer, case: Case) -> Iterator[str]:
    for criterion in Criterion:
        can, has = case.can_judge(criterion), _scored(said, criterion).score is not None
        if can and not has:
            yield f"{criterion} can be judged here, so it needs a score"
        if has and not can:
            yield f"there is nothing to judge {criterion} by, so its score is null"
    if said.groundedness.unsupported and said.groundedness.score in {None, 10}:
        yield "unsupported statements go with a score for groundedness from 1 to 9"
    for words in said.groundedness.unsupported:
        if _in_an_answer(words, case) is None:
            yield f"{words[:80]!r} is not said in the answer; quote its exact words"


def _in_an_answer(words: str, case: Case) -> str | None:
    """The words of an answer that are meant by `words`."""
    for answer in case.answers:
        if found := locate(words, answer):
            return answer[found.start : found.end]
    return None


def _scored(said: Answer, criterion: Criterion) -> Scored | ScoredOrNot:
    match criterion:
        case Criterion.GROUNDEDNESS:
            return said.groundedness
        case Criterion.RELEVANCE:
            return said.relevance
        case Criterion.CLARITY:
            return said.clarity
        case Criterion.VOICE:
            return said.voice
        case Criterion.USEFULNESS:
            return said.usefulness


def _judgement(case: Case, said: Answer, parents: tuple[Ref, ...]) -> Judgement:
    claims = [_in_an_answer(words, case) for words in said.groundedness.unsupported]
    return Judgement(
        example=case.example.ref,
        ratings=tuple(
            Rating(
                criterion=criterion,
                score=_scored(said, criterion).score,
                reason=_scored(said, criterion).reason,
                unsupported=tuple(dict.fromkeys(filter(None, claims)))
                if criterion is Criterion.GROUNDEDNESS
                else (),
            )
            for criterion in Criterion
        ),
        own_work=case.own_work,
        made_from=(case.example.ref, *parents),
    )
