"""What becomes of one call: its fault, if any, and the words of its answer."""

import hashlib
import json
from dataclasses import replace
from random import Random

from lorewright.llms.loopback.answering import Answerer
from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.faults import FAILING, Failing
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.said import Said
from lorewright.llms.loopback.spoiling import SPOILERS
from lorewright.llms.loopback.stage import stage_of
from lorewright.llms.reading import CHARACTERS_PER_TOKEN

WRONG_KEY = FAILING["wrong_key"]


class Director:
    """Decides by lot, and by the same lot for the same request; only a script counts calls."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._calls = 0

    def fault_of(self, asked: Asked) -> str | None:
        """What befalls this call."""
        number, self._calls = self._calls, self._calls + 1
        if number < len(self._rehearsal.script):
            return self._rehearsal.script[number]
        if not self._rehearsal.faults:
            return None
        drawn = self._lot(asked, f"fault {asked.attempt}").random()
        for name, share in self._rehearsal.faults.items():
            drawn -= share
            if drawn < 0:
                return name
        return None

    def refusal_of(self, asked: Asked, key: str) -> Failing | None:
        """Why the server turns this call down, whatever its fault."""
        if self._rehearsal.key not in {None, key}:
            return WRONG_KEY
        if self._rehearsal.names and asked.name not in self._rehearsal.names:
            message = f"the model {asked.name} does not exist"
            return FAILING["model_unknown"]._replace(message=message)
        if asked.means in self._rehearsal.lacks:
            message = f"{asked.means}: this server knows no such response_format or tool_choice"
            return FAILING["no_schema_support"]._replace(message=message)
        return None

    def said_to(self, asked: Asked, fault: str | None) -> Said:
        """The answer, spoilt when the fault is one of words."""
        said = self._written(asked) or self._made(asked)
        if fault in SPOILERS:
            return SPOILERS[fault](said, asked)
        most = CHARACTERS_PER_TOKEN * asked.max_tokens
        if len(said.text) > most:
            return Said(said.text[:most], "length")
        return said

    def _written(self, asked: Asked) -> Said | None:
        """The answer that a test has written itself."""
        answers = self._rehearsal.answers
        text = answers(asked) if answers else None
        if text is None:
            return None
        try:
            return Said(text, value=json.loads(text))
        except ValueError:
            return Said(text)

    def _made(self, asked: Asked) -> Said:
        answerer = Answerer(
            stage_of(asked.prompt),
            self._lot(asked, "answer"),
            typical_tokens=self._rehearsal.typical_tokens,
            spread=self._rehearsal.spread,
        )
        if asked.schema is None:
            return Said(answerer.prose())
        value = answerer.answer(asked.schema)
        return Said(json.dumps(value, ensure_ascii=False), value=value)

    def _lot(self, asked: Asked, purpose: str) -> Random:
        said = f"{self._rehearsal.seed} {purpose} {asked.digest}"
        return Random(hashlib.sha256(said.encode()).digest())  # noqa: S311 - no secret rests on it


def with_attempt(asked: Asked, attempt: int) -> Asked:
    """`asked` as the time that it is, of the times that the very same request came."""
    return asked if attempt == 1 else replace(asked, attempt=attempt)
