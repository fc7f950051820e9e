"""What one rater thinks of the answers of several arms."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.records.dataset import RejectedCount
from lorewright.records.record import Blob, Record


class Ratings(Record):
    """All that one rater said in one evaluation, letter by letter.

    Made from the answers that were rated; from the prompt, the language model and the recipe
    where a judge rated, from the person where one did, from the source where a sheet came.
    """

    kind: ClassVar[str] = "ratings"

    rater: str = Field(min_length=1)
    """`plug-in:name` of a judge, or the name of a person."""
    by: Literal["judge", "person"]
    family: str | None = None
    """The family of models that a judge belongs to; None where it is unknown."""
    origin: Literal["measured", "rehearsed", "synthetic"]
    """See `lorewright.evaluate.proof.Origin`."""
    requested: int = Field(ge=1)
    """Judgements that were asked for: an answer under all dimensions, or a pair in one order."""
    accepted: int = Field(ge=0)
    failed: tuple[RejectedCount, ...] = ()
    """Judgements that did not come or could not be used, by reason."""
    ratings: Blob
    """JSON lines {scenario, family, arm, dimension, generation, turn, repeat, value, reason},
    sorted; a value is null where the rater could not tell."""
    votes: Blob
    """JSON lines {scenario, first, second, preferred, question, repeat, reason}, sorted; `first`
    is the arm that was shown first, and `preferred` an arm, `tie` or `both-bad`."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.requested != self.accepted + sum(one.count for one in self.failed):
            raise ValueError("requested is not accepted + failed")
        return self

    def cited_blobs(self) -> Iterator[Blob]:
        """Ratings and votes."""
        yield self.ratings
        yield self.votes
