"""Asking the base model what it knows already: which examples, in which calls.

Who is asked is a table of settings of its own, `[base]`: the base model that is to be tuned, where
it is served. Nobody steps in for it, since what another one knows says nothing about it.
"""

from collections.abc import Callable, Iterable, Sequence

from lorewright.curate.knowing import PURPOSE, RIGHT_FROM, ask_base, question_of
from lorewright.errors import NotYet
from lorewright.flows.current import step_of
from lorewright.jobs import Forecast, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import Example, Record
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

SHARD = 32
"""So many examples are handed to a worker at once."""
OUTPUT_TOKENS = (20, 400)
"""What one answer is likely to take; nobody tells a base model to be brief."""


def as_base(settings: Settings) -> Settings:
    """The settings with the base model in the teacher's chair."""
    return settings.model_copy(update={"teacher": settings.base})


def refuse_without_base(settings: Settings) -> None:
    """Find out whether a base model is named.

    Args:
        settings: with the base model in the teacher's chair.

    Raises:
        NotYet: when none is.
    """
    if settings.teacher.model is None:
        raise NotYet(
            "no base model is set that could be asked",
            where="base.model",
            hint="serve the one that you will tune, and set base.model and base.url, as in "
            "openai:qwen3 and http://localhost:8000/v1",
        )


class KnowWork:
    """The step that asks a base model for the answers of examples, each as often as set.

    Args:
        store: where.
        settings: how often each question is asked.
        asker: asks the base model.
        names: the examples.
        draw: another number asks all of them as often again.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        asker: Asker,
        names: Sequence[Ref],
        *,
        draw: int = 0,
    ) -> None:
        self._store = store
        self._asker = asker
        self._names = names
        self._draw = draw
        self._draws = settings.curation.known_draws
        self.step = step_of(
            store,
            "known",
            base=asker.model,
            temperature=str(asker.temperature),
            most_tokens=str(asker.most_tokens),
            draws=str(self._draws),
            draw=str(draw),
            right_from=str(RIGHT_FROM),
        )

    def shards(self) -> Iterable[tuple[str, ...]]:
        """The examples by name."""
        names = sorted(self._names)
        for start in range(0, len(names), SHARD):
            yield tuple(names[start : start + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """One piece for each example, with all of its draws."""
        for name in map(Ref.parse, shard):
            yield WaitingPiece(name.short, self._begin(name))

    def forecasts(self) -> Iterable[Forecast]:
        """The calls for what has not been asked yet."""
        left = [name for name in self._names if not self._is_done(name)]
        characters = sum(
            len(message.text)
            for example in self._store.get_many(left, Example)
            for message in question_of(example)
        )
        if left:
            # No prompt to speak of is shared, and each draw sends the question again.
            calls = len(left) * self._draws
            yield Forecast(PURPOSE, calls, characters * self._draws, output_tokens=OUTPUT_TOKENS)

    def _begin(self, name: Ref) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            example = self._store.get(name, Example)
            known = await ask_base(
                example,
                asker=self._asker,
                recipe=self.step.recipe,
                draws=self._draws,
                draw=self._draw,
            )
            return [known]

        return lambda: WaitingPrepared((name,), work)

    def _is_done(self, name: Ref) -> bool:
        step = self.step
        key = memo_key(step.name, code=step.code, inputs=(name,), recipe=step.recipe)
        return self._store.memo(key) is not None
