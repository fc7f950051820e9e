"""How a language model is asked for question-answer pairs."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class PairSettings(BaseModel):
    """How many pairs a chat model is asked for, in which mixture, and what they must be like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: tuple[int, ...] = Field(default=(1, 2, 3, 4), min_length=1)
    """The levels that are asked for, as under [generation]."""
    level_shares: tuple[int, int, int, int] = (4, 3, 2, 1)
    """How the pairs are spread over the levels 1 to 4, in proportion to each other."""
    pairs_per_chunk: int = Field(default=10, ge=1)
    """How many accepted pairs every chunk is to have."""
    characters_per_pair: int = Field(default=100, ge=1)
    """A chunk is never asked for more pairs than one for each stretch of this length."""
    facts_per_chunk: int = Field(default=2, ge=1)
    """The most key facts that are taken from a chunk."""
    forms_per_fact: int = Field(default=5, ge=1)
    """In how many task forms each key fact is to be asked about."""
    extra_share: Decimal = Field(default=Decimal("0.25"), ge=0, le=10)
    """How far a chunk may go over its number of pairs, as a share of it, so that its key facts are
    asked about in all task forms."""
    max_form_share: Decimal = Field(default=Decimal("0.40"), gt=0, le=1)
    """No task form is asked for in more than this share of the pairs."""
    pairs_per_call: int = Field(default=5, ge=1, le=50)
    """The most pairs that one call asks for; when an answer is cut short, half as many are."""
    multi_turn_share: Decimal = Field(default=Decimal("0.30"), ge=0, le=1)
    """Share of the pairs in which the one who asks goes on once or twice."""
    rounds: int = Field(default=4, ge=1, le=50)
    """How often what is missing is asked for, the first time included."""
    least_gain: Decimal = Field(default=Decimal("0.10"), ge=0, le=1)
    """A round that brings less than this share of what it asked for is the last one."""
    min_answer_words: int = Field(default=8, ge=1)
    """Shorter answers are rejected."""
    max_answer_words: int = Field(default=300, ge=10)
    """Longer answers are rejected, never cut."""
    system_turn: str | None = Field(default=None, min_length=1)
    """What the system says at the start of every example. None leaves its turn out."""
    beyond_words: str = Field(default="Beyond what is written:", min_length=1)
    """The words that set off, in an answer of level 4, what does not stand in the text; write
    them in the language of your documents."""
    seed: int = 7
    """Decides between task forms that are equally fitting."""
