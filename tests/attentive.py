"""A reader for tests: answers what is asked about documents from the words of the prompt alone."""

import re
from collections.abc import Callable
from typing import Any

from lorewright.llms import Purpose, Request
from scripted import ScriptedAsker, said

SOURCE = re.compile(r"<<<source (\w+)\n(.*?)\nsource \1>>>", re.DOTALL)
SENTENCE = re.compile(r"[A-Z][^.!?\n]{20,200}[.!?]")
CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")


class AttentiveAsker(ScriptedAsker):
    """Quotes what it is shown; what it says of a kind of call can be changed."""

    def __init__(self, **changes: Callable[[list[str]], dict[str, Any]]) -> None:
        self.changes = changes
        super().__init__(self._answer)

    def count(self, name: str) -> int:
        """How many calls there were with one prompt."""
        return sum(purpose.name.endswith(name) for _, purpose in self.asked)

    def _answer(self, request: Request, purpose: Purpose) -> str:
        passages = [words for _, words in SOURCE.findall(request.messages[-2].text)]
        name = purpose.name.rpartition("/")[2]
        usual = {"context_notes": notes, "context_themes": unions}.get(name, edges)
        answer = self.changes.get(name, usual)(passages)
        if name == "corpus_relations":
            answer.setdefault("differing_terms", [])
        return said(**answer)


def notes(passages: list[str]) -> dict[str, Any]:
    """A theme for each passage, a term and a person where there are any."""
    first = [found[0] for words in passages if (found := SENTENCE.findall(words))]
    named = CAPITAL.findall(" ".join(passages))
    quotes = first[:1] or [passages[0][:30]]
    return {
        "themes": [
            {"name": " ".join(one.split()[:3]), "sentence": "It is said.", "quotes": [one]}
            for one in first[:4]
        ],
        "terms": [{"term": word, "definition": None} for word in quotes[0].split()[:1]],
        "people": [
            {
                "name": name,
                "role": "somebody",
                "quotes": [next(one for one in passages if name in one).strip()[:60]],
            }
            for name in named[:1]
        ],
        "voice": [{"trait": "plain", "quotes": quotes}],
        "expertise": {"level": "novice", "why": "It explains itself.", "quotes": quotes},
    }


def unions(themes: list[str]) -> dict[str, Any]:
    """The first two themes are one."""
    union = {"name": "the first two", "sentence": "They are one.", "members": [1, 2]}
    return {"unions": [union] if len(themes) > 1 else []}


def edges(sides: list[str]) -> dict[str, Any]:
    """The second passage elaborates the first."""
    first, second = (SENTENCE.findall(words) or [words[:30]] for words in sides)
    return {"relations": [an_edge(first[0], second[0])]}


def an_edge(first: str, second: str, relation: str = "elaborates") -> dict[str, Any]:
    """A relation that runs from the second passage to the first."""
    return {
        "relation": relation,
        "runs": "from_second_to_first",
        "why": "It says more.",
        "first_quotes": [first],
        "second_quotes": [second],
    }
