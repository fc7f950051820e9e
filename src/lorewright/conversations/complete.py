"""A conversation together with what its stages made of it, and who writes such into a file."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from lorewright.lineage import Ref
from lorewright.records import Conversation, EnrichedContent


class Complete(NamedTuple):
    """A conversation that went through every stage."""

    conversation: Conversation
    enrichment: Ref
    content: EnrichedContent
    """With what people decided in this workspace."""
    held: Ref | None = None
    """The deliberation that it tells; then no record of the conversation itself is kept."""


class ConversationWriter(Protocol):
    """Writes conversations into a file of one format, one after the other.

    The head comes first in the file and is asked for last, since it counts what was written.
    """

    suffix: str
    """With its dot, such as `.jsonl`."""

    def add(self, one: Complete) -> Iterator[bytes]:
        """What stands in the file for one conversation, piece by piece.

        Raises:
            Refused: before the first piece, when the format cannot hold the conversation.
        """
        ...

    def head(self) -> bytes:
        """What stands before all conversations."""
        ...

    def tail(self) -> bytes:
        """What stands behind them."""
        ...
