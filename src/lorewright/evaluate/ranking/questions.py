"""What is asked about several answers side by side."""

from typing import NamedTuple

from lorewright.errors import UsageError
from lorewright.evaluate.rating_lines import PREFERENCE


class Question(NamedTuple):
    """One thing by which arms are put in an order."""

    key: str
    text: str


QUESTIONS = (
    Question("coach", "Which is most like a real coach?"),
    Question(PREFERENCE, "Whose advice would you follow?"),
    Question("persona", "Which fits the persona of the advisor?"),
)
"""In the order in which they are asked; the second one is what counts as the preference."""


def question(key: str) -> Question:
    """The question that is called `key`.

    Raises:
        UsageError: when there is none.
    """
    found = next((one for one in QUESTIONS if one.key == key), None)
    if found is None:
        known = ", ".join(one.key for one in QUESTIONS)
        raise UsageError(f"there is no question called {key!r}", hint=f"there are {known}")
    return found
