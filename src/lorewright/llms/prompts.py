"""Prompts as Markdown files: found, rendered strictly, and known by their hash.

A file has up to three parts, each under a heading of its own: `# System` says who the model
is, `# Material` holds what many calls share and a provider may cache, `# Task` what is to be
done. Words from outside are put in with the filter `fenced`, so that they stand as data
between marks that they cannot contain.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import ValidationError

from lorewright.errors import BadSettings, PluginError
from lorewright.llms.wire import Message
from lorewright.records import Prompt

PARTS = ("System", "Material", "Task")
_HEADING = re.compile(r"^# (System|Material|Task)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt with its facts put in."""

    prompt: Prompt
    messages: tuple[Message, ...]


def load_prompt(name: str, overrides: Path | None = None) -> Prompt:
    """The prompt `name`, such as `generate/chunk_pure`: the operator's own file, else ours.

    Args:
        name: the verb's room, and the file in its folder `prompts` without its ending.
        overrides: a folder with the operator's files, laid out as `generate/chunk_pure.md`.

    Raises:
        PluginError: when there is no such prompt.
        BadSettings: when the operator's file cannot be read, has no task, is no template, or
            asks for a fact that nobody will give it.
    """
    bundled = bundled_prompt(name)
    own = overrides / f"{name}.md" if overrides else None
    if own is None or not own.is_file():
        return bundled
    try:
        prompt = Prompt(name=name, text=own.read_text(encoding="utf-8-sig"), overridden=True)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise BadSettings(f"a prompt cannot be read: {error}", where=str(own)) from error
    _check(prompt, bundled, own)
    return prompt


@cache
def bundled_prompt(name: str) -> Prompt:
    """The prompt `name` as it came along.

    Raises:
        PluginError: when there is no such prompt.
    """
    verb, _, file = name.partition("/")
    try:
        place = files(f"lorewright.{verb}").joinpath("prompts", f"{file}.md")
        return Prompt(name=name, text=place.read_text(encoding="utf-8"))
    except (OSError, ImportError, TypeError, ValueError) as error:
        raise PluginError(
            f"there is no prompt called {name!r}", hint="`lorewright prompts list` shows them"
        ) from error


def bundled_prompts() -> Iterator[Prompt]:
    """Every prompt that came along, by name."""
    rooms = (room for room in files("lorewright").iterdir() if room.is_dir())
    for room in sorted(rooms, key=lambda room: room.name):
        folder = room.joinpath("prompts")
        if folder.is_dir():
            for file in sorted(entry.name for entry in folder.iterdir()):
                if file.endswith(".md"):
                    yield bundled_prompt(f"{room.name}/{file.removesuffix('.md')}")


def facts_of(prompt: Prompt) -> frozenset[str]:
    """The facts that a prompt asks for.

    Raises:
        TemplateError: when it is no template.
    """
    parts = (_ENVIRONMENT.parse(text) for text in _parts(prompt.text).values())
    return frozenset[str]().union(*map(meta.find_undeclared_variables, parts))


def _check(own: Prompt, bundled: Prompt, place: Path) -> None:
    """Find what is wrong with an operator's prompt before anything is asked with it.

    Raises:
        BadSettings: saying what.
    """
    hint = f"compare it with the one that came along: `lorewright prompts diff {own.name}`"
    headings = [found[1] for found in _HEADING.finditer(own.text)]
    if "Task" not in headings or len(headings) > len(set(headings)):
        raise BadSettings(
            "a prompt has no part `# Task`, or has one of its parts twice",
            where=str(place),
            hint=hint,
        )
    try:
        unknown = sorted(facts_of(own) - facts_of(bundled))
        for text in _parts(own.text).values():
            _ENVIRONMENT.from_string(text)  # only this looks for filters that there are not
    except TemplateError as error:
        raise BadSettings(
            f"a prompt is no template: {error}", where=str(place), hint=hint
        ) from error
    if unknown:
        raise BadSettings(
            f"a prompt asks for {', '.join(unknown)}, which nobody knows",
            where=str(place),
            hint=f"`lorewright prompts show {own.name}` lists the facts that it may use",
        )


def render(prompt: Prompt, **facts: Any) -> Rendered:
    """Put `facts` into `prompt`.

    Raises:
        BadSettings: when the prompt asks for a fact that there is none of, or is no template.
    """
    messages: list[Message] = []
    for part, text in _parts(prompt.text).items():
        try:
            said = _template(text).render(facts).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            missing = _missing(text, facts)
            said = f"there is no fact called {missing[0]}" if missing else str(error)
            raise BadSettings(
                f"the prompt {prompt.name} cannot be filled in: {said}",
                hint=f"`lorewright prompts show {prompt.name}` lists the facts that it may use",
            ) from error
        if said:
            role = "system" if part == "System" else "user"
            messages.append(Message(role, said, ends_prefix=part == "Material"))
    return Rendered(prompt, tuple(messages))


def _missing(text: str, facts: Mapping[str, Any]) -> list[str]:
    """What a template asks for that is not there; nothing when it is no template at all."""
    try:
        return sorted(meta.find_undeclared_variables(_ENVIRONMENT.parse(text)) - facts.keys())
    except TemplateError:
        return []


def fenced(words: str) -> str:
    """Words from outside between two marks that cannot stand in them.

    The mark is made from the words themselves: the same words are fenced alike in every call,
    and nobody can write a text that holds the mark of that very text.
    """
    mark = hashlib.sha256(words.encode()).hexdigest()[:16]
    return f"<<<source {mark}\n{words}\nsource {mark}>>>"


def _parts(text: str) -> dict[str, str]:
    """The parts of a prompt in the order of `PARTS`; what stands before the first is a comment."""
    found = list(_HEADING.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    parts = {one[1]: text[one.end() : end] for one, end in zip(found, ends, strict=True)}
    return {name: parts[name] for name in PARTS if name in parts}


@cache
def _template(text: str) -> Template:
    """Compiled once: that takes a hundred times as long as putting facts in."""
    return _ENVIRONMENT.from_string(text)


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters["fenced"] = fenced
