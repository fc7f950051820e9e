"""An adapter as it was handed out: a version, a manifest of every file, a signature."""

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Blob, Record, Sha256


class Release(Record):
    """One version of an adapter with its cards, its bibliography and its signed manifest.

    Its manifest names the files of its sources, so erasing a source destroys it too.
    """

    kind: ClassVar[str] = "release"

    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    adapter: Ref
    dataset: Ref
    verdict: Ref | None
    """None for a release that nothing was proved about, which its manifest says too."""
    manifest: Blob
    """The in-toto statement, byte for byte as it was signed."""
    envelope: Blob
    """The DSSE envelope with the signature."""
    signer: Sha256
    """SHA-256 of the raw public key."""

    @model_validator(mode="after")
    def _is_made_from_what_it_names(self) -> Self:
        named = (self.adapter, self.dataset, *((self.verdict,) if self.verdict else ()))
        beside = self.made_from[len(named) :]
        if self.made_from[: len(named)] != named or {ref.kind for ref in beside} - {"proof"}:
            raise ValueError(
                "a release is made from its adapter, its dataset and its verdict, and from what "
                "ratings prove"
            )
        return self

    def cited_blobs(self) -> Iterator[Blob]:
        """The manifest and its envelope."""
        yield self.manifest
        yield self.envelope
