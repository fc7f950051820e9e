"""What of an answer counts: values that keep their bounds and whose words were found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeGuard

from pydantic_core import to_jsonable_python

from lorewright.analyze.teaching.answers import Said, Shape
from lorewright.analyze.teaching.fitting import misfit
from lorewright.analyze.teaching.grounding import Grounding
from lorewright.analyze.teaching.surroundings import surroundings
from lorewright.analyze.teaching.templates import BEYOND, VERBATIM
from lorewright.prose import Span
from lorewright.records import Chunk, Document, ProcedureStep, Quarantined
from lorewright.similarity import Located

FOUND_NOTHING = "the teacher found nothing in the chunk that fills it"
NO_QUOTE = "the teacher named no words that it rests on"
NOT_FOUND = "what the teacher quoted for it does not stand in the chunk"


@dataclass(frozen=True, slots=True)
class Given:
    """A value that counts, where its words stand, and the prompt that asked for it."""

    value: Any
    places: tuple[Located, ...]
    prompt: str


@dataclass(slots=True)
class Weighed:
    """What of the answer to one prompt counts, what does not, and why."""

    prompt: str
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    why_not: dict[str, str] = field(default_factory=dict[str, str])
    quarantined: list[Quarantined] = field(default_factory=list[Quarantined])

    def take(self, name: str, value: Any, places: tuple[Located, ...]) -> None:
        """Let a value count when it keeps its bounds."""
        exact = Decimal(str(value)).quantize(Decimal("0.01")) if type(value) is float else value
        if said := misfit(name, exact):
            self.refuse(name, exact, f"what the teacher said is out of bounds: {said}")
        else:
            self.given[name] = Given(exact, places, self.prompt)

    def refuse(self, name: str, value: Any, reason: str, quotes: tuple[str, ...] = ()) -> None:
        """Keep a value aside, so that its dimension stays open."""
        self.why_not[name] = reason
        self.keep_aside(name, value, reason, quotes)

    def keep_aside(self, name: str, value: Any, reason: str, quotes: tuple[str, ...] = ()) -> None:
        """Keep what does not count for a person to look at."""
        kept = to_jsonable_python(value)
        self.quarantined.append(Quarantined(field=name, value=kept, reason=reason, quotes=quotes))


class Weighing:
    """Weighs the answers about one chunk."""

    def __init__(self, document: Document, chunk: Chunk) -> None:
        self._grounding = Grounding(document, Span(chunk.start, chunk.end))
        self._around = surroundings(document, chunk)

    @property
    def checks(self) -> list[bool]:
        """Of each quote, whether it was found."""
        return self._grounding.checks

    def weigh(self, answer: Shape, prompt: str) -> Weighed:
        """Go through the fields of an answer to `prompt`."""
        weighed = Weighed(prompt)
        for name in type(answer).model_fields:
            value = getattr(answer, name)
            if _is_said(value):
                self._said(weighed, name, value)
            elif value is None:
                weighed.why_not[name] = FOUND_NOTHING
            elif name in VERBATIM:
                self._entries(weighed, name, value, value)
            elif name == "steps_json":
                steps = [ProcedureStep(step=one.step, details=one.details) for one in value]
                self._entries(weighed, name, steps, [one.quote for one in value])
            else:
                weighed.take(name, value, ())
        return weighed

    def _said(self, weighed: Weighed, name: str, said: Said[Any]) -> None:
        """A value with quotes: all of them must be found, and only what says *none* needs none."""
        if said.value is None:
            weighed.why_not[name] = FOUND_NOTHING
            return
        places = self._grounding.look_up(
            said.quotes, around=self._around if name in BEYOND else None
        )
        if places.missing:
            weighed.refuse(name, said.value, NOT_FOUND, places.missing)
        elif not places.found and said.value not in (False, ()):
            weighed.refuse(name, said.value, NO_QUOTE)
        else:
            weighed.take(name, said.value, places.found)

    def _entries(
        self, weighed: Weighed, name: str, values: Sequence[Any], quotes: Iterable[str]
    ) -> None:
        """A list whose entries count one by one."""
        looked_up = [self._grounding.look_up([quote]) for quote in quotes]
        pairs = list(zip(values, looked_up, strict=True))
        kept = tuple(value for value, places in pairs if places.found)
        found = tuple(place for _, places in pairs for place in places.found)
        missing = [value for value, places in pairs if not places.found]
        if kept and misfit(name, kept) is None:
            weighed.take(name, kept, found)
        else:
            weighed.why_not[name] = NOT_FOUND
            missing = list(values)
        if missing:
            words = tuple(quote for _, places in pairs for quote in places.missing)
            weighed.keep_aside(name, missing, NOT_FOUND, words)


def _is_said(value: object) -> TypeGuard[Said[Any]]:
    return isinstance(value, Said)
