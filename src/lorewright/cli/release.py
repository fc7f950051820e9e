"""`lorewright release`: an adapter, signed, with all that is known about it."""

from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.keys import KeyRing
from lorewright.flows.releasing import Released, Wish, release_adapter
from lorewright.release import SigningKey, proven_sentence


@click.command()
@click.argument("adapter", required=False)
@click.option("--name", help="What to call it; by default the name of its dataset.")
@click.option("--version", help="By default the next whole number.")
@click.option(
    "--require",
    type=click.Choice(["better", "proven"]),
    help="Refuse unless content was learned (better), or ratings prove it (proven).",
)
@click.option("--with-data", is_flag=True, help="Add the examples themselves, with Croissant.")
@click.option(
    "--allow-unknown-licence",
    is_flag=True,
    help="Hand out words under a licence that nobody said.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default one in the workspace.",
)
@face_command
def release(  # noqa: PLR0913 - one parameter per option
    face: Face,
    adapter: str | None,
    name: str | None,
    version: str | None,
    require: str | None,
    *,
    with_data: bool,
    allow_unknown_licence: bool,
    out: Path | None,
) -> None:
    """Write ADAPTER (the newest by default) as a signed folder that stands by itself.

    In it lie the adapter, its card, the card of its dataset, a bibliography, the lineage of
    every example without its words, the verdict, and a manifest of every file that is signed
    with your key, which is made when it is first needed. Without a verdict the release is
    unproven and says so.

    \b
    Examples:
      lorewright release
      lorewright release --name coach --version 1.2 --require better
      lorewright release --with-data --out ./coach-1
    """
    wish = Wish(
        adapter=adapter,
        name=name,
        version=version,
        require_better=require == "better",
        require_proven=require == "proven",
        with_data=with_data,
        allow_unknown_licence=allow_unknown_licence,
        out=out,
    )
    ring = KeyRing()
    with face.store() as store:
        done = release_adapter(face.workspace, store, wish, signer=lambda: _key(face, ring))
    _show(face, done)
    face.note(f"next: lorewright verify {done.folder}")


def _key(face: Face, ring: KeyRing) -> SigningKey:
    if ring.own() is None:
        face.note(f"making a key to sign with: {ring.signing_file}")
    return ring.own_or_new()


def _show(face: Face, done: Released) -> None:
    verdict = done.facts.verdict
    proof = proven_sentence(verdict.findings if verdict else None)
    record = done.record
    face.say(f"{record.name} version {record.version}: {proof}")
    face.say(f"{counted(len(done.files), 'file')} in {done.folder}")
    for one in done.facts.data.without_licence:
        face.say(f"licence unknown: {one.file_name}")
    face.say(f"signer {record.signer}")
    face.say(f"release {record.ref.short}")
    face.result(
        "release",
        release=record.ref,
        name=record.name,
        version=record.version,
        adapter=record.adapter,
        dataset=record.dataset,
        verdict=record.verdict,
        proof=proof,
        folder=str(done.folder),
        files=[file._asdict() for file in done.files],
        licence_unknown=[one.ref for one in done.facts.data.without_licence],
        signer=record.signer,
    )
