"""BLEU and chrF against one reference each: secondary figures, and only where there is one."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from lorewright.errors import BadRecord, MissingExtra


class ReferenceScores(NamedTuple):
    """How much of the references' wording the answers have; from 0 to 100.

    An answer may say the same in other words and score low: these say nothing about how good
    advice is.
    """

    bleu: float
    chrf: float
    answers: int
    bleu_signature: str
    """How it was computed, with the version; figures of different signatures do not compare."""
    chrf_signature: str


def reference_scores(answers: Sequence[str], references: Sequence[str]) -> ReferenceScores:
    """Compare answers with references, one to one, over the set as a whole, by sacrebleu.

    Raises:
        BadRecord: without any answer, or with another number of references.
        MissingExtra: when sacrebleu is not installed.
    """
    if not answers or len(answers) != len(references):
        raise BadRecord(
            f"{len(answers)} answers cannot be held against {len(references)} references",
            hint="give one reference for each answer, in the same order",
        )
    try:
        metrics: Any = import_module("sacrebleu.metrics")
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"BLEU and chrF need {error.name}", hint='pip install "lorewright[prove]"'
        ) from error
    bleu, chrf = metrics.BLEU(), metrics.CHRF()
    return ReferenceScores(
        bleu=float(bleu.corpus_score(list(answers), [list(references)]).score),
        chrf=float(chrf.corpus_score(list(answers), [list(references)]).score),
        answers=len(answers),
        bleu_signature=str(bleu.get_signature()),
        chrf_signature=str(chrf.get_signature()),
    )
