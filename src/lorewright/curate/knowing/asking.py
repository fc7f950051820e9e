"""A base model before the question of an example, with no source and no hint."""

from lorewright.curate.knowing.grading import RIGHT_FROM, share_found
from lorewright.lineage import Ref
from lorewright.llms import Asker, Message, Purpose, Request
from lorewright.records import Example, Knowledge, OwnAnswer

PURPOSE = "curate/known"
"""What its calls are for."""


async def ask_base(
    example: Example, *, asker: Asker, recipe: Ref, draws: int, draw: int = 0
) -> Knowledge:
    """Ask for the answer of `example` as often as `draws` says, and grade what comes.

    Each time is a draw of its own, so that the ledger keeps all of them. An answer that is cut
    short or refused is graded by what it says.

    Args:
        example: what may be known.
        asker: asks the base model.
        recipe: the settings of this step.
        draws: how often.
        draw: another number asks as often again.

    Raises:
        ModelError: when a call failed for good.
    """
    request = Request(
        question_of(example), max_tokens=asker.most_tokens, temperature=asker.temperature
    )
    about = tuple(sorted({one.document for one in example.evidence}))
    answers: list[OwnAnswer] = []
    for number in range(draw * draws, (draw + 1) * draws):
        call = await asker.call(request, Purpose(PURPOSE, about, number))
        answers.append(_graded(call.reply.text, example))
    return Knowledge(
        example=example.ref,
        answers=tuple(answers),
        made_from=(example.ref, asker.model, recipe),
    )


def question_of(example: Example) -> tuple[Message, ...]:
    """What is said before the answer: as a rule the question alone.

    A conversation is asked for its last answer, since its last question leans on what was said
    before.
    """
    return tuple(Message(turn.role, turn.text) for turn in example.turns[:-1])


def _graded(text: str, example: Example) -> OwnAnswer:
    before = " ".join(turn.text for turn in example.turns[:-1])
    found = share_found(text, question=before, reference=example.answer)
    return OwnAnswer(text=text, found=found, is_right=found >= RIGHT_FROM)
