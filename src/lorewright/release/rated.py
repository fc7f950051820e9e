"""What a release may say about how its adapter was rated."""

from collections.abc import Iterator

from lorewright.records import ProofVerdict
from lorewright.release.markdown import words


def is_proven(proof: ProofVerdict | None) -> bool:
    """Whether the adapter may be called proven: by people or judges that read the answers."""
    return proof is not None and proof.verdict == "proven" and proof.origin == "measured"


def rated_sentence(proof: ProofVerdict | None) -> str:
    """What the ratings come to, for a refusal."""
    return "not rated on scenarios" if proof is None else proof.headline


def rated_section(proof: ProofVerdict, lock_sha256: str) -> str:
    """The part of a card about ratings, in the words of the verdict."""
    return "\n\n".join([f"**{words(proof.headline)}**", "\n".join(_lines(proof, lock_sha256))])


def _lines(proof: ProofVerdict, lock_sha256: str) -> Iterator[str]:
    yield from (f"- {words(sentence)}" for sentence in proof.sentences)
    yield f"- what would be claimed was locked before the answers existed: SHA-256 `{lock_sha256}`"
    if not proof.deviations:
        yield "- nothing was found that is not as it was promised"
