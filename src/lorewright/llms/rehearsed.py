"""A judge that reads nothing: for trying evaluations out, offline and for free.

It rates from a hash of the words, so the same prompt gets the same answer on every machine. It
says of itself that it rehearses; ratings that it gives are marked so, and prove nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from lorewright.errors import ModelError
from lorewright.llms.reading import CHARACTERS_PER_TOKEN
from lorewright.llms.wire import Abilities, Reply, Request, Stop, Usage
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings

REASON = "rehearsed: nobody has read this"
MIDDLE = 3


class RehearsedJudge:
    """Fills in judgements and nothing else.

    Args:
        name: what it is called; two names differ now and then, as two people do.
    """

    can = Abilities(means=("schema",), expertise=False, rehearsed=True)

    def __init__(self, name: str) -> None:
        self.record = LanguageModel(provider="rehearsal", name=name)

    @classmethod
    def from_settings(cls, settings: TeacherSettings, name: str) -> Self:
        """A judge that is called `name`; it needs no other setting."""
        del settings
        return cls(name)

    async def complete(self, request: Request) -> Reply:
        """The judgement that the shape of `request` asks for.

        Raises:
            ModelError: when something else is asked for: made-up words are no training data.
        """
        said = {one.role: one.text for one in request.messages}.get("user", "")
        asked = _properties(request.shape.schema if request.shape else {})
        judgement = {key: self._filled(part, key, said) for key, part in asked.items()}
        if not judgement or None in judgement.values():
            raise ModelError(
                "the rehearsal judge fills in judgements and nothing else",
                where=self.record.name,
                hint="name a language model for whatever else is asked",
                fault="no_judgement",
            )
        text = json.dumps(judgement)
        read = sum(len(one.text) for one in request.messages)
        usage = Usage(round(read / CHARACTERS_PER_TOKEN), round(len(text) / CHARACTERS_PER_TOKEN))
        return Reply(text, Stop.END, usage, raw=text.encode(), model=self.record.name)

    async def close(self) -> None:
        """Nothing is open."""

    def _filled(self, part: Mapping[str, Any], key: str, said: str) -> object:
        """One entry of a judgement; None for anything that is none."""
        match part:
            case {"type": "object", "properties": {"reason": _, "value": _}}:
                shared = _drawn(3, key, said) - 1
                own = _drawn(3, self.record.name, key, said) - 1
                return {"reason": REASON, "value": MIDDLE + shared + own}
            case {"type": "string", "enum": [*choices]}:
                return choices[_drawn(len(choices), self.record.name, key, said)]
            case {"type": "string"} if key == "reason":
                return REASON
            case _:
                return None


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return found


def _drawn(sides: int, *words: str) -> int:
    """A number from 0 to `sides` - 1, the same for the same words."""
    digest = hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8]) % sides
