"""Tokens and loss: what the base reads at the beginning, where it stops, what it learns from."""

from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

from lorewright.errors import BadMask
from lorewright.inference import Sample
from lorewright.records import Split
from lorewright.train.lines import Line
from lorewright.train.preflight.finding import Finding, Looking, Places, Rule, Severity
from lorewright.train.preflight.proposal import Proposal
from lorewright.train.preflight.reading import Read, Reader
from lorewright.train.preflight.served import as_served, served_stops

_REFUSED = "training refuses such an example, since its loss could not be exact"
DOUBLE_BEGIN = Rule(
    "double-begin-token",
    "A sequence begins with two begin tokens. The template writes one, and something before or "
    "in it another.",
    "remove one of the two from the chat template in the base's folder",
    impossible=_REFUSED,
)
MISSING_BEGIN = Rule(
    "missing-begin-token",
    "The tokenizer puts a begin token before a text, and the chat template writes none, so the "
    "base would be trained on sequences that begin otherwise than all it has read.",
    "let the chat template begin with the tokenizer's begin token",
)
STOP = Rule(
    "stop-token-outside-loss",
    "The token that ends an answer carries no loss, so a trained base would never learn to stop.",
    "the chat template must end the assistant's turn with a token that the tokenizer knows as a "
    "special one",
    impossible=_REFUSED,
)
OTHER_STOP = Rule(
    "stop-token-not-served",
    "The token that ends an answer in the chat template is none of those at which an endpoint "
    "stops by the files of the base, so answers may go on behind their end.",
    "name the token in `eos_token_id` of generation_config.json, or hand it to the endpoint as a "
    "stop token",
    severity=Severity.WARNING,
)
MASKED = Rule(
    "all-labels-masked",
    "No token of an example carries loss, so nothing is learnt from it.",
    "leave the example out, or write its answer",
    impossible="the mean loss over no token is not a number",
)
INEXACT = Rule(
    "mask-not-exact",
    "It cannot be said which tokens are the assistant's: the template changes the words, a token "
    "joins the question with the answer, or the words hold a control token.",
    "reword or leave out the examples that are named, or correct the chat template",
    impossible=_REFUSED,
)
DIFFERS = Rule(
    "template-differs-when-served",
    "The prompt that an endpoint builds is not the beginning of what is trained, token by token. "
    "The adapter would be asked in other words than it was taught in.",
    "serve with the chat template of the base's folder, or put the one that is served into it",
)
TOO_LONG = Rule(
    "example-too-long",
    "An example has more tokens than may be trained. Nothing is cut, since that would cut answers.",
    "shorten or leave out the examples that are named, or raise training.max_length if the base "
    "allows it",
    impossible="training stops at an example that does not fit",
)


class Masks(Looking):
    """Looks at the tokens of every example that is trained or watched."""

    rules: ClassVar[tuple[Rule, ...]] = (
        DOUBLE_BEGIN,
        MISSING_BEGIN,
        STOP,
        OTHER_STOP,
        MASKED,
        INEXACT,
        DIFFERS,
        TOO_LONG,
    )

    def __init__(self, proposal: Proposal, reader: Reader) -> None:
        self._most = proposal.plan.max_length
        self._reader = reader
        self._stops = served_stops(reader)
        self._places = {rule.name: Places() for rule in self.rules}
        self._reasons: dict[str, str] = {}

    def see_tokens(self, read: Read, split: Split) -> None:
        """Look at one example; both splits are read in the same way."""
        del split
        name = read.line.name
        if read.error is not None:
            rule = self._what_is_wrong(read.line)
            self._places[rule.name].add(name)
            self._reasons.setdefault(rule.name, read.error.sentence)
            return
        for sample in read.samples:
            self._look_at(sample, name)
        difference = as_served(read, self._reader)
        if difference is not None:
            self._places[DIFFERS.name].add(f"{name}, {difference}")

    def findings(self) -> list[Finding]:
        """What was found."""
        found = [self._finding(rule) for rule in self.rules if self._places[rule.name].count]
        if self._reader.serving_template is None:
            return found
        return [_with_served(one) if one.rule is DIFFERS else one for one in found]

    def _look_at(self, sample: Sample, name: str) -> None:
        reader, ids = self._reader, sample.ids
        if not any(sample.labels):
            self._places[MASKED.name].add(name)
            return
        if reader.wants_begin and ids[:1] != (reader.begin_id,):
            self._places[MISSING_BEGIN.name].add(name)
        ends = {ids[place] for place in _ends_of_runs(sample)}
        if not ends <= reader.control_ids:
            self._places[STOP.name].add(name)
        elif not ends <= self._stops:
            self._places[OTHER_STOP.name].add(name)
            token = reader.token(min(ends - self._stops))
            self._reasons.setdefault(OTHER_STOP.name, f"it is {token}")
        if self._most is not None and len(ids) > self._most:
            self._places[TOO_LONG.name].add(f"{name}: {len(ids):,} tokens")

    def _what_is_wrong(self, line: Line) -> Rule:
        """Why no exact mask was made, looked at again without one."""
        reader = self._reader
        try:
            text = reader.written(line.turns)
            prompt = reader.written(line.turns[:-1], add_generation_prompt=True)
        except BadMask:
            return INEXACT
        begin = reader.begin_id
        if begin is not None and reader.ids(text)[:2] == [begin, begin]:
            return DOUBLE_BEGIN
        words = line.turns[-1].text.strip()
        if not words:
            return MASKED
        if not text.startswith(prompt):
            return DIFFERS
        _, _, behind = text.rpartition(words)
        if not behind.lstrip().startswith(reader.control_tokens):
            return STOP
        return INEXACT

    def _finding(self, rule: Rule) -> Finding:
        places = self._places[rule.name]
        said = {
            DOUBLE_BEGIN.name: "begin with two begin tokens",
            MISSING_BEGIN.name: "begin without the begin token that the tokenizer wants",
            STOP.name: "end their answers with nothing that says stop",
            OTHER_STOP.name: "end their answers with a token at which an endpoint does not stop",
            MASKED.name: "have no token that carries loss",
            INEXACT.name: "cannot be masked exactly",
            DIFFERS.name: "are trained on another prompt than an endpoint would build",
            TOO_LONG.name: f"have more than {self._most or 0:,} tokens",
        }[rule.name]
        reason = self._reasons.get(rule.name)
        return places.finding(
            rule, f"{places.count:,} examples {said}" + (f": {reason}" if reason else "")
        )


def _with_served(finding: Finding) -> Finding:
    return replace(
        finding,
        sentence=f"{finding.sentence} with training.serving_template",
        hint="serve with the chat template of the base's folder, or copy the served one into it",
    )


def _ends_of_runs(sample: Sample) -> list[int]:
    """Where the unbroken runs of tokens with loss end."""
    ends = [
        place for place, (here, after) in enumerate(pairwise(sample.labels)) if here and not after
    ]
    return [*ends, len(sample.labels) - 1] if sample.labels[-1] else ends
