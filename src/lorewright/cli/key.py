"""`lorewright key`: the key that signs, and the signers that are known."""

from pathlib import Path

import click

from lorewright.cli.face import Face, face_command, in_words
from lorewright.errors import UsageError
from lorewright.flows.keys import KeyRing, read_public_key


def _in_words(context: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return None if value is None else in_words(context, param, value)


@click.command()
@click.option(
    "--trust",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A public key file of somebody whose signatures should be known.",
)
@click.option("--name", callback=_in_words, help="Whose.")
@click.option("--forget", metavar="KEY", help="The 64 digits of a key, or a name, to forget.")
@face_command
def key(face: Face, trust: Path | None, name: str | None, forget: str | None) -> None:
    """Show your key and the signers you know; learn to know one, or forget one.

    The private key lies in your configuration folder, readable by you alone, in no workspace.
    Take a public key from its owner by another way than the release that it signed.

    \b
    Examples:
      lorewright key
      lorewright key --trust ada.pub --name Ada
      lorewright key --forget Ada
    """
    if (trust is None) != (name is None):
        raise UsageError(
            "a key is trusted under a name", hint="give both --trust FILE and --name NAME"
        )
    ring = KeyRing()
    if trust is not None and name is not None:
        ring.trust(read_public_key(trust), name=name)
    if forget is not None:
        ring.forget(ring.keyid_of(forget))
    signers = ring.signers()
    for one in signers:
        face.say(f"{one.key.keyid}  {one.name}")
    if ring.own() is None:
        face.say("you have no key yet; the first `lorewright release` makes one")
    face.result(
        "key",
        folder=str(ring.folder),
        signers=[
            {"name": one.name, "keyid": one.key.keyid, "key": one.key.as_pem().decode()}
            for one in signers
        ],
    )
