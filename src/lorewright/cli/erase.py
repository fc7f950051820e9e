"""`lorewright erase`: destroy a source and all that repeats its words."""

import sys

import click

from lorewright.cli.face import Face, face_command, in_words
from lorewright.errors import UsageError
from lorewright.flows.sources import erase_source, plan_removal
from lorewright.store import Erasure


@click.command()
@click.argument("name")
@click.option(
    "--why", required=True, callback=in_words, help="The reason; it stays on the tombstones."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--estimate", is_flag=True, help="Only say what would be destroyed.")
@face_command
def erase(face: Face, name: str, why: str, *, yes: bool, estimate: bool) -> None:
    """Destroy a source and every byte of the workspace that repeats its words.

    Documents, chunks, examples, pocket base models, exports, reports, releases and job folders go;
    tombstones stay, so `lorewright verify` is green and says what was erased. Adapters that
    learnt from it are listed: only training again makes them forget. This cannot be undone.

    \b
    Examples:
      lorewright erase source:3fa9c2 --why "contract ended" --estimate
      lorewright erase source:3fa9c2 --why "contract ended" --yes
    """
    with face.store(alone=True) as store:
        ref = store.resolve(name)
        plan = plan_removal(face.workspace, store, ref)
        if estimate:
            _show(face, plan, "would erase")
            face.result("erase", **_values(plan), done=False)
            return
        if not yes:
            _ask(face, plan)
        done = erase_source(face.workspace, store, ref, why=why)
    _show(face, done, "erased")
    face.result("erase", **_values(done), done=True)


def _ask(face: Face, plan: Erasure) -> None:
    if face.as_json or not sys.stdin.isatty():
        raise UsageError(
            "erasing cannot be undone, and nobody is there to be asked",
            hint="look with --estimate, then repeat the command with --yes",
        )
    _show(face, plan, "would erase")
    click.confirm("This cannot be undone. Erase?", abort=True, err=True)


def _show(face: Face, erasure: Erasure, verb: str) -> None:
    face.say(f"{verb} {len(erasure.erased):,} records and {len(erasure.files):,} files or folders")
    for ref in erasure.must_retrain:
        face.say(f"must retrain: {ref.short} learnt from it")
    for path in erasure.out_of_reach:
        face.say(f"out of reach: {path} lies outside the workspace")


def _values(erasure: Erasure) -> dict[str, object]:
    return {
        "erased": erasure.erased,
        "files": erasure.files,
        "must_retrain": erasure.must_retrain,
        "out_of_reach": erasure.out_of_reach,
    }
