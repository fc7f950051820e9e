"""Whether tokenizer, chat template and weights belong together."""

from typing import ClassVar

from lorewright.errors import BadMask
from lorewright.records import Split, Turn
from lorewright.train.preflight.finding import (
    Finding,
    Looking,
    Places,
    Rule,
    Severity,
    of_the_job,
)
from lorewright.train.preflight.proposal import Proposal
from lorewright.train.preflight.reading import Read, Reader

VOCABULARY = Rule(
    "tokenizer-vocabulary",
    "The tokenizer knows tokens for which the base has no row in its table of words, so it is the "
    "tokenizer of another base, or tokens were added and the table was not made larger.",
    "put the tokenizer of this very base into its folder",
    and_also="warning while no example uses such a token",
    impossible="reading such a token ends the training process",
)
NO_ROLES = Rule(
    "template-without-roles",
    "The chat template writes the words of the system, the user and the assistant in the same "
    "way, so the base cannot know who speaks.",
    "take the instruct version of the base, or put a chat_template.jinja with marks for each role "
    "into its folder",
)
_WORD = "Word."


class Tokenizer(Looking):
    """Compares the tokenizer with the table of words, and the roles with each other."""

    rules: ClassVar[tuple[Rule, ...]] = (VOCABULARY, NO_ROLES)

    def __init__(self, proposal: Proposal, reader: Reader) -> None:
        self._rows = None if proposal.shape is None else proposal.shape.vocabulary
        self._reader = reader
        self._beyond = Places()

    def see_tokens(self, read: Read, split: Split) -> None:
        """Look whether an example uses a token that the base does not know."""
        del split
        if self._rows is None:
            return
        most = max((max(sample.ids) for sample in read.samples), default=0)
        if most >= self._rows:
            token = self._reader.token(most)
            self._beyond.add(f"{read.line.name}: {token} is number {most:,}")

    def findings(self) -> list[Finding]:
        """What was found."""
        return [*self._vocabulary(self._rows), *self._roles()]

    def _vocabulary(self, rows: int | None) -> list[Finding]:
        if rows is None:
            return []
        sentence = (
            f"the tokenizer has {self._reader.size:,} tokens, and the base's table of words has "
            f"{rows:,} rows"
        )
        if self._beyond.count:
            return [self._beyond.finding(VOCABULARY, sentence)]
        special = sorted(self._reader.special_ids.items())
        beyond = [f"{name} is number {number:,}" for name, number in special if number >= rows]
        if self._reader.size <= rows and not beyond:
            return []
        return [of_the_job(VOCABULARY, sentence, *beyond, severity=Severity.WARNING)]

    def _roles(self) -> list[Finding]:
        user = Turn(role="user", text=_WORD)
        assistant = Turn(role="assistant", text=_WORD)
        try:
            asked = self._reader.written([user])
            told = self._reader.written([user, assistant])
        except BadMask:
            return []  # every example says the same, and better
        # One after the other, each in the same dress: nobody could tell question from answer.
        if told == asked + asked:
            return [of_the_job(NO_ROLES, "user and assistant are written alike", repr(told[:80]))]
        system = Turn(role="system", text=_WORD)
        try:
            alike = self._reader.written([system, user]) == asked + asked
        except BadMask:
            return []  # some templates know no system, and say so
        if alike:
            return [of_the_job(NO_ROLES, "system and user are written alike", repr(told[:80]))]
        return []
