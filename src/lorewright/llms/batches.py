"""Many calls handed over at once, to be answered within a day for half the money."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from lorewright.errors import EndpointError, LorewrightError, ModelError
from lorewright.llms.wire import Reply, Request
from lorewright.records import LanguageModel

HALF = Decimal("0.5")
_NOT_TAKEN = frozenset({"down", "rate_limited", "overloaded", "bad_request", "too_long"})
"""What goes wrong before a provider has taken anything."""


class BatchState(StrEnum):
    """How far a batch is."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    ENDED = "ended"
    """All that will ever come of it is there to be fetched."""


class BatchProgress(NamedTuple):
    """How far a batch is, in calls."""

    state: BatchState
    total: int
    done: int = 0
    failed: int = 0
    """Refused, expired or cancelled."""
    said: str = ""
    """Why the provider turned the whole batch down, if it did."""


class ListedBatch(NamedTuple):
    """A batch as the provider lists it."""

    known_as: str
    """Its id."""
    at: float
    """When it was handed over, in seconds since 1970."""
    total: int
    """Calls in it, as far as is known."""
    mark: str | None
    """What it was marked with; None where batches cannot be marked."""


BatchResult = tuple[str, Reply | ModelError]
"""The caller's own id of a call, and what came of it."""


class BatchModel(Protocol):
    """A language model that is asked many things at once.

    What the discount means for a budget is the caller's business, and so is when to look again.
    """

    record: LanguageModel
    discount: Decimal
    """What a call costs, as a share of its usual price."""
    most_requests: int
    """So many calls fit in one batch."""

    async def submit(self, requests: Sequence[tuple[str, Request]], *, mark: str = "") -> str:
        """Hand over `requests`, each under an id of the caller's, and learn the batch's id.

        An id has 1 to 64 letters, digits, hyphens and underscores: the fingerprint of a request
        in hexadecimal will do. A provider that takes one is given `mark`, to find it by.

        Raises:
            ModelError: when it failed; with the fault `unsure` the provider may have taken the
                batch all the same, so that handing it over again could pay for it twice.
            EndpointError: when no batch can be handed over.
        """
        ...

    async def listed(self) -> list[ListedBatch]:
        """The newest batches of the account, whoever handed them over; fails as `submit` does."""
        ...

    async def poll(self, batch: str) -> BatchProgress:
        """How far `batch` is; fails as `submit` does, and with `lost` when nobody knows it."""
        ...

    def results(self, batch: str) -> AsyncIterator[BatchResult]:
        """What came of each call of a batch that has ended, in any order, one at a time.

        Raises:
            ModelError: when the results cannot be fetched, or not all of them.
        """
        ...

    async def cancel(self, batch: str) -> None:
        """Have the provider begin no further call of `batch`; what is done can be fetched."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


def of_one_call(error: LorewrightError) -> ModelError:
    """`error` as what befell one call of a batch; the others may have done better."""
    if isinstance(error, ModelError):
        return error
    return ModelError(error.sentence, where=error.where, hint=error.hint, fault="refused_call")


def unsure(error: ModelError) -> ModelError:
    """`error` on the way to handing a batch over, when it may have arrived all the same."""
    if error.fault in _NOT_TAKEN:
        return error
    return ModelError(
        f"it is not known whether the provider took the batch: {error.sentence}",
        where=error.where,
        hint="look at the list of batches in your account before you hand it over again",
        fault="unsure",
    )


def lost(batch: str, error: EndpointError) -> ModelError:
    """A batch that the provider does not know, or no more."""
    said = f"the provider knows no batch {batch}: {error.sentence}"
    return ModelError(said, where=error.where, fault="lost", again=True)


def not_ended(where: str) -> ModelError:
    """Results that were asked for too early."""
    said = "the batch has not ended yet, so there are no results to fetch"
    return ModelError(said, where=where, fault="not_ended", again=True)


def incomplete(seen: int, total: int, where: str) -> ModelError:
    """Results with some missing."""
    said = f"only {seen:,} of the {total:,} calls of the batch came back"
    return ModelError(said, where=where, fault="cut_off", again=True)


def too_many(count: int, most: int, where: str) -> ModelError:
    """A batch that the provider would not take."""
    said = f"a batch of {count:,} calls is too large; at most {most:,} fit in one"
    return ModelError(said, where=where, fault="too_long")
