"""Conversations as they came, before anybody judged them."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from lorewright.records.grounded import Grounded
from lorewright.records.record import Value


class Emotion(Value):
    """What one side feels in a turn, as whoever wrote the turn says."""

    primary: str = Field(min_length=1)
    secondary: str | None = Field(default=None, min_length=1)
    intensity: Decimal = Field(ge=0, le=1)


class Scaffold(Value):
    """What a conversation was set up with; all are None where a file does not say.

    Keys and names as a training file repeats them, and no ids: this is the layer that a
    training set shows. Which entries they were, lineage says.
    """

    persona_key: str | None = None
    persona_name: str | None = None
    emotional_arc_key: str | None = None
    emotional_arc: str | None = None
    training_topic_key: str | None = None
    training_topic: str | None = None
    consultant_key: str | None = None


class RawForm(StrEnum):
    """The shape that the raw text of a conversation has."""

    TURNS = "turns"
    """`conversation_metadata` and `turns`, as a teacher is asked for it."""
    V4 = "brightrun-lora-v4"
    """One member of `conversations` in a training file, with its training pairs."""
    V5 = "brightrun-lora-v5"


class Conversation(Grounded):
    """One conversation exactly as it came: its raw text is kept before anybody reads it.

    It may be cut off or wrong in any way; what is made of it is an `Enrichment`. Generated, it
    is made from its entries, the prompt, the language model and the recipe (and the chunks that
    its evidence lies in); imported, from its source; a neutral control, from its original too.
    """

    kind: ClassVar[str] = "conversation"

    conversation_id: str = Field(min_length=1)
    """The same whenever the same plan or file is used again."""
    scaffold: Scaffold
    form: RawForm
    raw: str = Field(min_length=1)
    """The JSON text, letter by letter."""
    teacher: str | None
    """Who wrote it: a language model as `plug-in:name`, `extractive`; None when unknown."""
    is_control: bool = False
    """Whether it is the neutral counterpart of another conversation."""
