"""Prompts as the operator sees them: which there are, what they ask for, and own ones."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lorewright import llms
from lorewright.errors import NotFound, PluginError, StorageError, UsageError
from lorewright.records import Prompt
from lorewright.store import Workspace

FOLDER = "prompts"
"""In the workspace; own prompts lie in it as `generate/chunk_pure.md`."""
_MADE_FROM = re.compile(r"\A<!-- made from (prompt:[0-9a-f]{64});[^>]*-->\n+")


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt, and the one that came along."""

    prompt: Prompt
    """The one that is used."""
    bundled: Prompt
    file: Path
    """Where the operator's own stands, or would."""

    @property
    def facts(self) -> list[str]:
        """The facts that it may use."""
        return sorted(llms.facts_of(self.bundled))

    @property
    def is_behind(self) -> bool:
        """Whether the one that came along has changed since the own one was made from it."""
        found = _MADE_FROM.match(self.prompt.text)
        return found is not None and found[1] != str(self.bundled.ref)

    @property
    def difference(self) -> list[str]:
        """From the one that came along to the own one, line by line as `diff -u` has it."""
        if not self.prompt.overridden:
            return []
        lines = difflib.unified_diff(
            self.bundled.text.splitlines(),
            _MADE_FROM.sub("", self.prompt.text).splitlines(),
            f"{self.prompt.name} (came along)",
            f"{self.prompt.name} (own)",
            lineterm="",
        )
        return list(lines)


def prompt_folder(workspace: Workspace) -> Path:
    """Where the operator's own prompts are, for whoever loads prompts."""
    return workspace.folder / FOLDER


def templates(workspace: Workspace) -> Iterator[Template]:
    """Every prompt there is.

    Raises:
        BadSettings: when an own one cannot be used.
    """
    for bundled in llms.bundled_prompts():
        yield template(workspace, bundled.name)


def template(workspace: Workspace, name: str) -> Template:
    """One prompt.

    Raises:
        NotFound: when there is none of that name.
        BadSettings: when the own one cannot be used.
    """
    bundled = _bundled(name)
    folder = prompt_folder(workspace)
    return Template(llms.load_prompt(name, folder), bundled, folder / f"{name}.md")


def override(workspace: Workspace, name: str) -> Path:
    """Copy a prompt into the workspace, for the operator to change; its first line names its base.

    Raises:
        NotFound: when there is none of that name.
        UsageError: when an own one is there already.
    """
    bundled = _bundled(name)
    file = prompt_folder(workspace) / f"{name}.md"
    told = f"<!-- made from {bundled.ref}; `lorewright prompts diff {name}` compares them -->"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(f"{told}\n\n{bundled.text}")
    except FileExistsError as error:
        raise UsageError(
            f"{name} has an own prompt already",
            where=str(file),
            hint="change that one, or remove it to go back to the one that came along",
        ) from error
    except OSError as error:
        raise StorageError.from_system(error, doing="the prompt cannot be written") from error
    return file


def unknown_files(workspace: Workspace) -> list[Path]:
    """Files among the own prompts that stand in for nothing, such as misspelt ones."""
    folder = prompt_folder(workspace)
    known = {folder / f"{one.name}.md" for one in llms.bundled_prompts()}
    return sorted(file for file in folder.rglob("*.md") if file not in known)


def _bundled(name: str) -> Prompt:
    try:
        return llms.bundled_prompt(name)
    except PluginError as error:
        names = [one.name for one in llms.bundled_prompts()]
        near = difflib.get_close_matches(name, names, n=1) or [
            one for one in names if one.endswith(f"/{name}")
        ]
        hint = f"did you mean {near[0]}?" if near else error.hint
        raise NotFound(error.sentence, hint=hint) from error
