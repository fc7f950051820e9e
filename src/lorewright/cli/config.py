"""`lorewright config`: what is set, by what, and what can be."""

import json

import click

from lorewright.cli.face import Face, face_command, unsettled_command
from lorewright.settings import SETTINGS_FILE, Held, held_settings, settings_schema, toml_of


@click.group()
def config() -> None:
    """Show the settings: what holds, what decided it, and what can be set.

    \b
    Examples:
      lorewright config show --origin
      lorewright config schema > lorewright.schema.json
      lorewright config path
    """


@config.command()
@click.option("--origin", is_flag=True, help="Say for each setting what decided it.")
@face_command
def show(face: Face, *, origin: bool) -> None:
    """List every setting with the value that holds; passwords are not shown.

    \b
    Example:
      lorewright config show --origin
    """
    file = face.workspace.settings_file if face.workspace.exists() else None
    held = list(held_settings(face.settings, file))
    for one in held:
        value = "(not set)" if one.value is None else toml_of(one.value)
        face.say(f"{one.setting.name} = {value}" + (f"   # {one.origin}" if origin else ""))
    face.result("config", file=file, settings=[_told(one) for one in held])


@config.command()
@unsettled_command
def schema(face: Face) -> None:
    """Print the JSON Schema of the settings file, for editors that complete and check it.

    \b
    Example:
      lorewright config schema > lorewright.schema.json
    """
    found = settings_schema()
    face.say(json.dumps(found, indent=2, ensure_ascii=False))
    face.result("config", json_schema=found)


@config.command()
@unsettled_command
def path(face: Face) -> None:
    """Print where the settings file is, or would be.

    \b
    Example:
      lorewright config path
    """
    file = face.workspace.settings_file
    face.say(str(file))
    if not file.is_file():
        face.note(f"there is no {SETTINGS_FILE} yet; `lorewright init` makes one")
    face.result("config", file=file, exists=file.is_file())


def _told(one: Held) -> dict[str, object]:
    return {
        "name": one.setting.name,
        "value": one.value,
        "default": one.setting.default,
        "origin": one.origin,
        "variable": one.setting.variable,
        "sentence": one.setting.sentence,
    }
