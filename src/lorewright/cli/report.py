"""`lorewright report`: everything on one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, face_command
from lorewright.flows.reporting import write_report
from lorewright.records import ProofVerdict

if TYPE_CHECKING:
    from lorewright.store import Store


@click.command()
@click.argument("verdict", required=False)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@click.option("--base", help="The folder of the base model, when it lies outside.")
@face_command
def report(face: Face, verdict: str | None, out: Path | None, base: str | None) -> None:
    """Write the report about VERDICT (the newest by default) as one HTML file.

    Where answers to scenarios were rated there is a page of their proof as well, with the same as
    Markdown and every answer beside it; a proof that is named gets that page alone. A file
    holds its pictures and needs nothing from elsewhere; it follows the light or dark setting of
    the reader and prints.

    \b
    Examples:
      lorewright report
      lorewright report --out coach.html
      lorewright report proof:3f2a --out proof.html
    """
    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    with face.store() as store:
        proof = _proof(store, verdict)
        path = None
        if verdict is None or proof is None:
            path = write_report(face.workspace, store, settings, name=verdict, out=out)
            face.say(f"report {path}")
        told = None
        if proof is not None:
            place = None if verdict is None else out
            told = _show_proof(face, store, proof, place)
    face.result("report", path=None if path is None else str(path), proof=told)


def _proof(store: "Store", name: str | None) -> ProofVerdict | None:
    """The proof that is named, or the newest; None where another kind of verdict is named."""
    from lorewright.flows.naming import find
    from lorewright.flows.proof_report import newest_verdict

    if name is None:
        return newest_verdict(store)
    return find(store, name, ProofVerdict) if name.startswith(f"{ProofVerdict.kind}:") else None


def _show_proof(
    face: Face, store: "Store", proof: ProofVerdict, out: Path | None
) -> dict[str, Any]:
    from lorewright.flows.proof_report import report_proof

    written = report_proof(face.workspace, store, proof, out=out)
    face.say(proof.headline)
    face.say(f"proof {written.html}")
    face.say(f"as Markdown {written.markdown}, and every answer {written.lines}")
    return {
        "proof": proof.ref,
        "verdict": proof.verdict,
        "origin": proof.origin,
        "path": str(written.html),
        "markdown": str(written.markdown),
        "answers": str(written.lines),
    }
