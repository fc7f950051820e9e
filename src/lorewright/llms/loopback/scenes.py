"""Which sentences each part of an answer is about, so that its fields go together."""

import re
from dataclasses import dataclass
from random import Random

from lorewright.llms.loopback.stage import Stage

NOTHING_TO_SAY = "This is a rehearsal, and the prompt holds no words to answer with."
_OTHER_SIDE = re.compile(r"second|target|other|later|right|_to$|^to_|_b$")


@dataclass(frozen=True, slots=True)
class Scene:
    """What one object of an answer is about."""

    sentence: str
    """As it stands in its source."""
    following: tuple[str, ...] = ()
    """What comes after it there."""
    beside: tuple[str, ...] = ()
    """A sentence of another passage, when the prompt is about several."""
    number: int = 0
    """The place of the object in the list that it stands in."""


class Scenes:
    """Draws sentences without putting any back, until none is left."""

    def __init__(self, stage: Stage, lot: Random) -> None:
        self._stage = stage
        self._lot = lot
        self._left: list[int] = []

    def draw(self, number: int = 0) -> Scene:
        """The next scene."""
        sentences = self._stage.main.sentences
        if not sentences:
            return Scene(self._anything(), number=number)
        if not self._left:
            self._left = self._lot.sample(range(len(sentences)), len(sentences))
        at = self._left.pop()
        return Scene(sentences[at], sentences[at + 1 :] + sentences[:at], self._beside(), number)

    def side_of(self, name: str, scene: Scene) -> str:
        """The sentence of `scene` that the field `name` is about: of two passages, which one."""
        return scene.beside[0] if scene.beside and _OTHER_SIDE.search(name) else scene.sentence

    def _beside(self) -> tuple[str, ...]:
        others = [one for one in self._stage.passages[1:] if one.sentences]
        return (self._lot.choice(self._lot.choice(others).sentences),) if others else ()

    def _anything(self) -> str:
        """The words of a source without a whole sentence in it, such as a title."""
        texts = [one.text.strip() for one in self._stage.fences if one.text.strip()]
        return max(texts, key=len).splitlines()[0] if texts else NOTHING_TO_SAY
