"""Asking for the pairs of one order, in smaller calls when an answer does not fit into one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lorewright.errors import ModelError
from lorewright.generate.pairs.deciding import Desk, Hand
from lorewright.generate.pairs.drafts import ExpertPairsDraft, PairDraft, PairsDraft
from lorewright.generate.pairs.forms import forms, harder_question
from lorewright.generate.pairs.gates import Gates
from lorewright.generate.pairs.material import Commission, filled
from lorewright.generate.pairs.orders import Order
from lorewright.llms import Asker, Purpose, ask
from lorewright.records import Example, Prompt, Record, Rejection
from lorewright.settings import PairSettings


async def write_pairs(
    commission: Commission,
    *,
    asker: Asker,
    prompt: Prompt,
    settings: PairSettings,
    hand: Hand,
) -> list[Record]:
    """Write the pairs that `commission` orders, as far as they pass.

    As many records come back as pairs were ordered, and more when the language model gave more
    or a follow-up was turned down: an `Example` for each pair that passed, a `Rejection` for
    each that did not, and one that says `failed` for each that never came. An answer that is
    cut short is asked for again as two orders of half the size.

    Raises:
        ModelError: when a call failed for a reason that may pass; nothing is decided then.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    gates = Gates(
        commission.document,
        settings,
        templates=(prompt.text, *_said_in_prompts(commission)),
        asked=(turn.text for one in commission.asked for turn in one.turns if turn.role == "user"),
    )
    desk = Desk(commission, settings, gates, hand)
    return [*await _Writing(commission, desk, asker, prompt, settings).bring(commission.order)]


@dataclass(frozen=True, slots=True)
class _Writing:
    """One order while it is carried out."""

    commission: Commission
    desk: Desk
    asker: Asker
    prompt: Prompt
    settings: PairSettings

    async def bring(self, order: Order) -> list[Example | Rejection]:
        """What comes of `order`, the whole one or a part of it."""
        try:
            drafts = await self._asked(order)
        except ModelError as error:
            if error.again:
                raise
            return await self._without_answer(order, error)
        return list(self._decided(drafts, len(order.wants)))

    async def _without_answer(self, order: Order, error: ModelError) -> list[Example | Rejection]:
        if error.fault == "truncated" and len(order.wants) > 1:
            return [record for half in order.halves() for record in await self.bring(half)]
        return list(self.desk.fail(len(order.wants), error.fault, error.sentence))

    def _decided(self, drafts: Sequence[PairDraft], count: int) -> Iterator[Example | Rejection]:
        for draft in drafts:
            yield from self.desk.decide(draft)
        lacking = max(0, count - len(drafts))
        yield from self.desk.fail(lacking, "not_given", "the language model gave fewer pairs")

    async def _asked(self, order: Order) -> Sequence[PairDraft]:
        rendered = filled(self.commission, order, self.prompt, self.settings)
        purpose = Purpose(self.prompt.name, (order.document,), order.asked_as)
        if order.level == 4:
            return (await ask(self.asker, rendered, ExpertPairsDraft, purpose)).value.pairs
        return (await ask(self.asker, rendered, PairsDraft, purpose)).value.pairs


def _said_in_prompts(commission: Commission) -> list[str]:
    """What the prompt is filled with out of our own lists, and no answer may repeat."""
    of_forms = [forms()[want.form].says for want in commission.order.wants]
    return [*of_forms, harder_question(commission.chunks[0].chunk_type)]
