"""What training leaves behind: the low-rank difference to a base model, or all of its weights."""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from lorewright.records.base_language_model import StoredFile
from lorewright.records.record import Blob, Record


class Adapter(Record):
    """A trained adapter, or a base that was trained itself, and how its training went."""

    kind: ClassVar[str] = "adapter"
    holds_words: ClassVar[bool] = False

    role: Literal["tuned", "permuted-control"]
    """The control is trained on the same answers, dealt out to other questions."""
    files: tuple[StoredFile, ...]
    history: Blob
    """The training events, one JSON object per line."""
    steps: int = Field(ge=1)
    loss_tokens: int = Field(ge=1)
    """Tokens that carried loss, over all steps."""
    train_loss: Decimal
    """Nats per token, mean over the last tenth of the steps."""
    held_out_loss: Decimal | None
    """Nats per token on the valid split after the last step; None without such a split."""

    @property
    def is_whole(self) -> bool:
        """Whether it is a base that was trained itself, and no difference to one."""
        return all(file.path != "adapter_config.json" for file in self.files)

    def cited_blobs(self) -> Iterator[Blob]:
        """The adapter's files and its history."""
        yield from (file.blob for file in self.files)
        yield self.history
