"""What a base model knows follows from its own answers."""

import pytest
from pydantic import ValidationError

from builders import an_example, some_knowledge
from lorewright.records import Known


@pytest.mark.parametrize(
    ("right", "known"),
    [(3, Known.KNOWN), (2, Known.PARTLY), (1, Known.PARTLY), (0, Known.UNKNOWN)],
)
def test_it_is_known_when_every_answer_is_right_and_unknown_when_none_is(
    right: int, known: Known
) -> None:
    knowledge = some_knowledge(right=right, draws=3)

    assert (knowledge.right, knowledge.known) == (right, known)


def test_nothing_is_known_without_an_answer() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        some_knowledge(draws=0)


def test_knowledge_is_made_from_the_example_that_it_is_about() -> None:
    other = an_example(question="How is the oil of a pump checked?")

    with pytest.raises(ValidationError, match="made from its example"):
        some_knowledge().model_copy(update={"example": other.ref})
