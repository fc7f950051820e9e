"""Asking for one conversation, and what becomes of it when none comes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lorewright.errors import BadReply, ModelError
from lorewright.generate.conversations.drafts import ConversationDraft, GroundedDraft
from lorewright.generate.conversations.setup import Setup, facts_of
from lorewright.lineage import Ref
from lorewright.llms import Abilities, Asker, Call, Purpose, Rendered, Request, Stop, ask, render
from lorewright.records import Conversation, Evidence, Prompt, RawForm, Rejection
from lorewright.settings import ConversationSettings
from lorewright.similarity import locate, words

PROMPT = "generate/conversation"
STEP = "converse"
LEAST_QUOTE_WORDS = 3
"""Fewer words stand anywhere and bear nothing out."""
TRUNCATION, PARSE, API, VALIDATION = (
    "truncation",
    "parse_error",
    "api_error",
    "validation_error",
)
"""Why a conversation failed."""
REASONS = {
    "truncated": TRUNCATION,
    "cut": TRUNCATION,
    "unfinished": TRUNCATION,
    "empty": PARSE,
    "not_json": PARSE,
    "too_long": PARSE,
    "wrong_shape": VALIDATION,
    "off": VALIDATION,
}
"""From what is wrong with a reply to why the conversation failed; all else is the endpoint's."""
STOPS = {
    "truncated": Stop.LENGTH,
    "refused": Stop.REFUSED,
    "filtered": Stop.FILTERED,
    "unfinished": Stop.OTHER,
}
"""How a reply ended that is not whole."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose words these are, and where they come from."""

    teacher: str
    """As `plug-in:name`."""
    parents: tuple[Ref, ...]
    """Prompt, language model and recipe, or the recipe alone."""


async def write_conversation(
    setup: Setup,
    *,
    asker: Asker,
    prompt: Prompt,
    settings: ConversationSettings,
    hand: Hand,
    draw: int,
) -> Conversation | Rejection:
    """Ask for the conversation of `setup`; a failure that will not pass is a rejection.

    The reply is in the ledger before anybody reads it, and whether it ended by itself is looked
    at before its words are.

    Raises:
        ModelError: when a call failed for a reason that may pass; nothing is decided then.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    rendered = filled(setup, prompt, settings)
    purpose = Purpose(prompt.name, setup.documents, draw)
    heated = _Heated(asker, setup, settings)
    try:
        if not setup.passages:
            said = await ask(
                heated, rendered, ConversationDraft, purpose, complaint=_Complaint(setup)
            )
            return _conversation(setup, hand, _raw(said.text, said.value), ())
        grounded = await ask(heated, rendered, GroundedDraft, purpose, complaint=_Complaint(setup))
        raw = _raw(grounded.text, grounded.value)
        return _conversation(setup, hand, raw, _evidence(setup, grounded.value))
    except ModelError as error:
        if error.again:
            raise
        return failure(setup, hand, error, draw=draw)


def filled(setup: Setup, prompt: Prompt, settings: ConversationSettings) -> Rendered:
    """The prompt for the conversation of `setup`."""
    return render(
        prompt,
        **facts_of(setup),
        least_words=settings.min_answer_words,
        most_words=settings.max_answer_words,
    )


def failure(setup: Setup, hand: Hand, error: ModelError, *, draw: int) -> Rejection:
    """The record of a conversation that never came, with the reply as far as there was one.

    Prompt and settings are among what it is made from; by the draw the ledger has the call.
    """
    raw = error.raw.decode(errors="replace") if isinstance(error, BadReply) else None
    cell = setup.cell
    return Rejection(
        step=STEP,
        outcome="failed",
        reason=REASONS.get(error.fault, API),
        detail=f"{error.sentence} ({error.fault}, stop reason: {_stop_of(error)}; draw {draw}; "
        f"conversation {cell.conversation_id}: {cell.persona}, {cell.arc}, {cell.topic})",
        answer=raw or None,
        made_from=parents_of(setup, hand),
    )


def _stop_of(error: ModelError) -> str:
    """Why the reply ended where it ended; whole replies end by themselves."""
    if not isinstance(error, BadReply):
        return "no reply"
    return STOPS.get(error.fault, Stop.END).value


def parents_of(setup: Setup, hand: Hand) -> tuple[Ref, ...]:
    """What a conversation is made from."""
    return (*setup.entries, *hand.parents, *setup.chunks)


def _conversation(
    setup: Setup, hand: Hand, raw: str, evidence: tuple[Evidence, ...]
) -> Conversation:
    return Conversation(
        conversation_id=setup.cell.conversation_id,
        scaffold=setup.scaffold,
        form=RawForm.TURNS,
        raw=raw,
        teacher=hand.teacher,
        evidence=evidence,
        made_from=parents_of(setup, hand),
    )


def _raw(said: str, draft: ConversationDraft) -> str:
    """The JSON of the reply, letter by letter.

    Where a reply is more than its JSON, or had to be mended, this is what was understood; the
    ledger holds the reply itself.
    """
    text = said.strip()
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    return text if is_object else draft.model_dump_json(indent=2)


class _Complaint:
    """Says what is wrong with a conversation of the right shape."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def __call__(self, draft: ConversationDraft) -> str | None:
        wanted = 2 * self._setup.exchanges
        if len(draft.turns) != wanted:
            return f"there are {len(draft.turns)} turns where {wanted} were asked for"
        for number, turn in enumerate(draft.turns, start=1):
            role = "user" if number % 2 else "assistant"
            if turn.role != role:
                return f"turn {number} is spoken by the {turn.role}, and it is the {role}'s"
            if not turn.content.strip():
                return f"turn {number} says nothing"
        return self._ungrounded(draft) if isinstance(draft, GroundedDraft) else None

    def _ungrounded(self, draft: GroundedDraft) -> str | None:
        quotes = [quote for one in draft.evidence for quote in one.quotes]
        if not quotes:
            return "no answer says which words of the passages it rests on"
        for quote in quotes:
            if len(words(quote)) < LEAST_QUOTE_WORDS:
                return f"a quote is too short: {quote[:80]!r}"
            if _place(self._setup, quote) is None:
                return f"these words stand nowhere in the passages: {quote.strip()[:200]!r}"
        return None


def _evidence(setup: Setup, draft: GroundedDraft) -> tuple[Evidence, ...]:
    """Where the quotes stand, in the order in which they are used, each stretch once."""
    found = (_place(setup, quote) for one in draft.evidence for quote in one.quotes)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _place(setup: Setup, quote: str) -> Evidence | None:
    for passage in setup.passages:
        place = locate(quote, passage.document.words, passage.start, passage.end)
        if place is not None:
            return passage.document.cite(place.start, place.end, match=place.match)
    return None


class _Heated:
    """An asker that asks as conversations are asked for: warmer, and for longer answers."""

    def __init__(self, asker: Asker, setup: Setup, settings: ConversationSettings) -> None:
        self._asker = asker
        self._settings = settings
        self._is_for_beginners = setup.is_for_beginners
        self.model = asker.model
        self.most_tokens = settings.most_tokens
        self.asks_again = asker.asks_again

    @property
    def can(self) -> Abilities:
        return self._asker.can

    @property
    def temperature(self) -> Decimal | None:
        if self._asker.temperature is None:
            return None
        settings = self._settings
        return settings.beginner_temperature if self._is_for_beginners else settings.temperature

    async def call(self, request: Request, purpose: Purpose) -> Call:
        return await self._asker.call(request, purpose)

    async def discard(self, keys: Sequence[bytes]) -> None:
        await self._asker.discard(keys)
