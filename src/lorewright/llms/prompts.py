"""Prompts as Markdown files: found, rendered strictly, and known by their hash.

A file has up to three parts, each under a heading of its own: `# System` says who the model
is, `# Material` holds what many calls share and a provider may cache, `# Task` what is to be
done. Words from outside are put in with the filter `fenced`, so that they stand as data
between marks that they cannot contain.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

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
        BadSettings: when the operator's file cannot be read or has no task.
    """
    own = overrides / f"{name}.md" if overrides else None
    if own is not None and own.is_file():
        try:
            text = own.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadSettings(f"a prompt cannot be read: {error}", where=str(own)) from error
        headings = [found[1] for found in _HEADING.finditer(text)]
        if "Task" not in headings or len(headings) > len(set(headings)):
            raise BadSettings(
                "a prompt has no part `# Task`, or has one of its parts twice",
                where=str(own),
                hint=f"compare it with the one that came along: `lorewright prompts diff {name}`",
            )
        return Prompt(name=name, text=text, overridden=True)
    return _bundled(name)


@cache
def _bundled(name: str) -> Prompt:
    verb, _, file = name.partition("/")
    place = files(f"lorewright.{verb}").joinpath("prompts", f"{file}.md")
    try:
        return Prompt(name=name, text=place.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PluginError(f"there is no prompt called {name!r}") from error


def render(prompt: Prompt, **facts: Any) -> Rendered:
    """Put `facts` into `prompt`.

    Raises:
        BadSettings: when the prompt asks for a fact that there is none of, or is no template.
    """
    messages: list[Message] = []
    for part, text in _parts(prompt.text).items():
        try:
            said = _ENVIRONMENT.from_string(text).render(facts).strip()
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


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters["fenced"] = fenced
