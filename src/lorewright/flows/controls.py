"""Neutral counterparts of conversations: which are wanted, and in which calls they are written.

Every complete conversation that is no counterpart itself gets one. The counterpart is made from
its original, so the two are linked turn by turn, and an evaluation can pair them.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lorewright import jobs
from lorewright.errors import NotYet
from lorewright.flows.current import step_of
from lorewright.generate.neutral import (
    EXTRACTIVE,
    PROMPT,
    neutral_prompt,
    offline_control,
    speech_of,
    write_control,
)
from lorewright.jobs import (
    Forecast,
    Piece,
    Prepared,
    Report,
    WaitingPiece,
    WaitingPrepared,
    Watch,
)
from lorewright.lineage import Ref
from lorewright.llms import Asker, load_prompt
from lorewright.records import Conversation, EnrichedContent, Enrichment, LanguageModel, Record
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

SHARD = 16
TOKENS_PER_WORD = 1.4
"""Of an answer, before anything is known of the language model."""


class Original(NamedTuple):
    """A conversation that went through all stages."""

    conversation: Conversation
    content: EnrichedContent


def originals(store: Store, names: Iterable[Ref] | None = None) -> Iterator[Original]:
    """Complete conversations that are no counterparts, by name, each with its newest enrichment.

    Args:
        store: where.
        names: the conversations; None means all.
    """
    wanted = None if names is None else set(names)
    newest: dict[Ref, Ref] = {}
    for one in store.get_many(store.names(Enrichment.kind), Enrichment):
        if one.content is not None and (wanted is None or one.conversation in wanted):
            newest[one.conversation] = one.ref
    for name in sorted(newest):
        conversation = store.get(name, Conversation)
        if not conversation.is_control:
            content = store.get(newest[name], Enrichment).content
            assert content is not None
            yield Original(conversation, content)


def controls_by_rules(
    store: Store, settings: Settings, *, watch: Watch = lambda _progress: None
) -> Report:
    """The counterparts of conversations that rules have written, without a language model.

    Raises:
        NotYet: when no such conversation is complete.
    """
    step = step_of(store, "control", settings.neutral, teacher=EXTRACTIVE)
    found = [one for one in originals(store) if one.conversation.teacher == EXTRACTIVE]
    if not found:
        raise NotYet(
            "there is no complete conversation by the extractive teacher",
            hint="a language model rewrites others: name one with --model; or run `lorewright "
            "generate conversations`, then `lorewright enrich`",
        )

    def prepare(one: Original) -> Callable[[], Prepared]:
        def work() -> Iterable[Record]:
            return [offline_control(*one, settings=settings.neutral, recipe=step.recipe)]

        return lambda: Prepared((one.conversation.ref,), work)

    pieces = (Piece(f"{one.conversation.conversation_id} control", prepare(one)) for one in found)
    return jobs.run(pieces, step=step, store=store, watch=watch)


class ControlWork:
    """The step that writes neutral counterparts, one call for each conversation.

    Args:
        store: where.
        settings: when a counterpart is accepted.
        asker: asks the language model.
        draw: another number has all of them written afresh.
        prompts: a folder with the operator's own prompts.

    Raises:
        NotYet: when no conversation is complete.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        asker: Asker,
        *,
        draw: int = 0,
        prompts: Path | None = None,
    ) -> None:
        self._store = store
        self._asker = asker
        self._draw = draw
        self._settings = settings.neutral
        self._prompt = load_prompt(PROMPT, prompts)
        self._names = [one.conversation.ref for one in originals(store)]
        if not self._names:
            raise NotYet(
                "there is no complete conversation that could have a neutral counterpart",
                hint="run `lorewright generate conversations` or `lorewright import`, then "
                "`lorewright enrich`",
            )
        store.put(self._prompt)
        self.step = step_of(
            store,
            "control",
            settings.neutral,
            teacher=asker.model,
            prompt=self._prompt.ref,
            temperature=str(asker.temperature),
            draw=str(draw),
        )

    def shards(self) -> Iterator[tuple[str, ...]]:
        """Some conversations."""
        for at in range(0, len(self._names), SHARD):
            yield tuple(self._names[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One for each conversation."""
        for one in originals(self._store, map(Ref.parse, shard)):
            yield WaitingPiece(f"{one.conversation.conversation_id} control", self._begin(one))

    def forecasts(self) -> Iterator[Forecast]:
        """The calls for conversations that have no counterpart by this step yet."""
        calls = characters = tokens = 0
        for one in originals(self._store, self._names):
            if self._is_done(one):
                continue
            speech = speech_of(one.content)
            rendered = neutral_prompt(speech, self._prompt, self._settings)
            calls += 1
            characters += sum(len(message.text) for message in rendered.messages)
            tokens += round(TOKENS_PER_WORD * sum(len(text.split()) for text in speech.answers))
        if calls:
            each = tokens // calls
            least = int(each * self._settings.least_length)
            yield Forecast(
                PROMPT, calls, characters, 0, (least, int(each * self._settings.most_length))
            )

    def _begin(self, one: Original) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            return [
                await write_control(
                    one.conversation,
                    one.content,
                    asker=self._asker,
                    prompt=self._prompt,
                    settings=self._settings,
                    recipe=self.step.recipe,
                    teacher=self._teacher(),
                    draw=self._draw,
                )
            ]

        return lambda: WaitingPrepared(self._inputs(one), work)

    def _inputs(self, one: Original) -> tuple[Ref, ...]:
        return (one.conversation.ref, self._prompt.ref, self._asker.model)

    def _is_done(self, one: Original) -> bool:
        memo = memo_key(
            self.step.name,
            code=self.step.code,
            inputs=self._inputs(one),
            recipe=self.step.recipe,
        )
        return memo in self._store.memos([memo])

    def _teacher(self) -> str:
        named = self._store.get(self._asker.model, LanguageModel)
        return f"{named.provider}:{named.name}"
