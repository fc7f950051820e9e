"""What a prompt sets the stage with, as far as an answer can be made to fit it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lorewright.llms.loopback.material import EMPTY, Material, material_of

_OPENS = re.compile(r"<<<source ([0-9a-f]{16})\n")
_IS_MAIN = re.compile(r"\b(passage|chunk|excerpts?|text)\b", re.IGNORECASE)
_IS_BESIDE = re.compile(r"\b(before|after|title|headings|known|already|answer)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:passage|chunk) \d+", re.IGNORECASE)
_ID = re.compile(r"^#{2,} \w+ (\S+)[ \t]*$", re.MULTILINE)
_CHOICE = re.compile(r"^ *\d+\. `([^`\n]+)`", re.MULTILINE)
_KEY = re.compile(r"^ +`([^`\n]+)`|^- `([^`\n]+)`", re.MULTILINE)
_COUNT = re.compile(r"\b(?:write|give|make|name|list) (\d+) (?:\w+ )?(\w+)", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:in|between) (\d+) (?:to|and) (\d+) words", re.IGNORECASE)
LEAST_SENTENCES = 2
MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Stage:
    """A prompt as an answer is made from it."""

    fences: tuple[Material, ...]
    """Every source that it brings along."""
    passages: tuple[Material, ...]
    """Those that the answer is about; the first of them above all."""
    ids: tuple[str, ...]
    """What the parts of the task are called, each in a heading of its own."""
    choices: tuple[str, ...]
    """What the lines of a numbered list ask for, one after the other."""
    keys: tuple[str, ...]
    """Names that the prompt lists for a field to take."""
    counts: dict[str, int]
    """How many entries are asked for, by what they are called: pairs, questions ..."""
    words: tuple[int, int] | None
    """How many words an answer may have."""

    @property
    def main(self) -> Material:
        """The source that comes first to mind."""
        return self.passages[0] if self.passages else EMPTY


@lru_cache(maxsize=256)
def stage_of(prompt: str) -> Stage:
    """The stage that `prompt` sets."""
    fences, said = _apart(prompt)
    words = _WORDS.search(said)
    counts = {found[2].lower(): int(found[1]) for found in _COUNT.finditer(said)}
    return Stage(
        tuple(material for _, material in fences),
        _passages(fences),
        tuple(dict.fromkeys(_ID.findall(said))),
        tuple(_CHOICE.findall(said)),
        tuple(dict.fromkeys(found[1] or found[2] for found in _KEY.finditer(said))),
        {name: min(count, MOST_ENTRIES) for name, count in counts.items()},
        (int(words[1]), int(words[2])) if words else None,
    )


def _apart(prompt: str) -> tuple[list[tuple[str, Material]], str]:
    """The fenced sources of `prompt`, each with the line that leads to it, and all the rest."""
    fences: list[tuple[str, Material]] = []
    rest: list[str] = []
    at = 0
    for opening in _OPENS.finditer(prompt):
        if opening.start() < at:
            continue
        end = prompt.find(f"\nsource {opening[1]}>>>", opening.end() - 1)
        if end < 0:
            continue
        before = prompt[at : opening.start()]
        lead = before.rstrip().rpartition("\n")[2].strip()
        fences.append((lead, material_of(prompt[opening.end() : end])))
        rest.append(before)
        at = end + len(f"\nsource {opening[1]}>>>")
    return fences, "".join([*rest, prompt[at:]])


def _passages(fences: list[tuple[str, Material]]) -> tuple[Material, ...]:
    """The sources that the prompt calls passages; without any, the longest that is no list.

    Prompts bring other things along: titles, what stands around, questions that were asked.
    """
    told = [(lead, one) for lead, one in fences if one.sentences]
    named = [(lead, one) for lead, one in told if _IS_MAIN.search(lead)]
    apart = [one for lead, one in named if _NUMBERED.match(lead) or not _IS_BESIDE.search(lead)]
    if apart:
        return tuple(apart)
    rich = [one for _, one in told if len(one.sentences) >= LEAST_SENTENCES] or [
        one for _, one in told
    ]
    plain = [one for one in rich if not _asks(one)] or rich
    return tuple(sorted(plain, key=lambda one: -len(one.text))[:1])


def _asks(material: Material) -> bool:
    asking = sum(sentence.endswith("?") for sentence in material.sentences)
    return 2 * asking > len(material.sentences)
