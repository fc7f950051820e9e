"""`lorewright prompts`: the words that language models are asked with."""

from typing import Any

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.prompting import Template, override, template, templates, unknown_files


@click.group()
def prompts() -> None:
    """Show the prompts that language models are asked with, and put own ones in their place.

    A prompt is a Markdown file. Its hash is part of the lineage of everything made with it, so
    a changed prompt makes new records and hides none.

    \b
    Examples:
      lorewright prompts list
      lorewright prompts override generate/chunk_pure
      lorewright prompts diff generate/chunk_pure
    """


@prompts.command("list")
@face_command
def list_prompts(face: Face) -> None:
    """List every prompt, its hash, and whether an own one stands in its place.

    \b
    Example:
      lorewright prompts list
    """
    found = list(templates(face.workspace))
    for one in found:
        face.say(f"{one.prompt.ref.id[:12]}  {one.prompt.name:<36}{_state(one)}".rstrip())
    for file in unknown_files(face.workspace):
        face.note(f"{file} stands in for no prompt; is its name misspelt?")
    face.result("prompts", prompts=[_told(one) for one in found])


@prompts.command()
@click.argument("name")
@face_command
def show(face: Face, name: str) -> None:
    """Show a prompt and the facts that it may use.

    \b
    Example:
      lorewright prompts show generate/chunk_pure
    """
    one = template(face.workspace, name)
    face.note(f"{one.prompt.ref}  {_state(one)}".rstrip())
    face.note(f"facts: {', '.join(one.facts) or 'none'}")
    face.say(one.prompt.text)
    face.result("prompts", **_told(one), facts=one.facts, text=one.prompt.text)


@prompts.command()
@click.argument("name", required=False)
@face_command
def diff(face: Face, name: str | None) -> None:
    """Compare own prompts with those that came along.

    \b
    Example:
      lorewright prompts diff generate/chunk_pure
    """
    found = [template(face.workspace, name)] if name else list(templates(face.workspace))
    own = [one for one in found if one.prompt.overridden]
    for one in own:
        if one.is_behind:
            face.note(f"{one.prompt.name} came along in a newer form since the own one was made")
        for line in one.difference:
            face.say(line)
    if not own:
        face.note("the prompts that came along are used as they are")
    face.result("prompts", differences={one.prompt.name: one.difference for one in own})


@prompts.command("override")
@click.argument("name")
@face_command
def override_prompt(face: Face, name: str) -> None:
    """Copy a prompt into the workspace; from then on that file is used.

    An own prompt that asks for a fact that nobody knows is refused before any call is made.

    \b
    Example:
      lorewright prompts override generate/chunk_pure
    """
    face.workspace.must_exist()
    file = override(face.workspace, name)
    facts = template(face.workspace, name).facts
    face.say(f"{file} is used from now on; it may use {counted(len(facts), 'fact')}:")
    face.say(f"  {', '.join(facts) or 'none'}")
    face.result("prompts", file=str(file), facts=facts)


def _state(one: Template) -> str:
    if not one.prompt.overridden:
        return ""
    return f"own: {one.file}" + (" (the one that came along is newer)" if one.is_behind else "")


def _told(one: Template) -> dict[str, Any]:
    return {
        "name": one.prompt.name,
        "prompt": str(one.prompt.ref),
        "bundled": str(one.bundled.ref),
        "own": str(one.file) if one.prompt.overridden else None,
        "behind": one.is_behind,
    }
