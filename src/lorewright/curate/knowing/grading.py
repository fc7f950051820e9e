"""How much of a reference answer stands in another answer, by its words.

No language model grades: it would cost as much as the asking, and be one more opinion. Shared
words are a rough measure. An answer that is right in other words can be missed, and one that uses
the right words to say something wrong can pass; over many examples the shares still tell a base
model that knows a field from one that does not.
"""

from collections.abc import Set as AbstractSet
from decimal import Decimal

from lorewright.measures import entities_in
from lorewright.similarity import words

RIGHT_FROM = Decimal("0.5")
"""An answer is right when at least half of the reference stands in it. Who knows a fact says it
with other small words but the same things and numbers. No answer to another question of the sample
handbook comes to half, as a test sees to."""
READ, READ_TIMES = 100, 3
"""So many words of an answer are read at most, or so many times as many as the reference has.
Somebody who knows it says it soon; in a long answer about the same matter half of the words turn
up by chance."""
SHORT = 3
"""Words up to this length are passed over where a script knows capitals: there they are mostly
articles, prepositions and pronouns. Numbers and names of any length count."""


def share_found(answer: str, *, question: str, reference: str) -> Decimal:
    """The share of the reference's content words that `answer` says, from 0 to 1, to two places.

    What the question says already counts for nothing, since whoever repeats the question would
    score by it. Numbers and names count a second time, by themselves, and the smaller of the two
    shares is taken: an answer with all the right words round a wrong number is wrong.

    Args:
        answer: what the base model said.
        question: what it was asked.
        reference: the answer of the example.
    """
    held, telling = words(reference), _telling(reference)
    said = set(words(answer)[: max(READ, READ_TIMES * len(held))])
    content = {word for word in held if _has_content(word)} | telling
    wanted = content - set(words(question)) or content or set(held)
    return min(_share(wanted, said), _share(wanted & telling or wanted, said))


def _telling(text: str) -> set[str]:
    """The words of numbers and names."""
    names = {word for name in entities_in(text) for word in words(name)}
    return {word for word in words(text) if _is_number(word) or word in names}


def _is_number(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _has_content(word: str) -> bool:
    has_case = word.upper() != word
    return len(word) > SHORT or not has_case


def _share(wanted: AbstractSet[str], said: AbstractSet[str]) -> Decimal:
    if not wanted:
        return Decimal(0)
    return (Decimal(len(wanted & said)) / len(wanted)).quantize(Decimal("0.01"))
