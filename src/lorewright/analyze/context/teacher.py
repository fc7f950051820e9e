"""Who is asked, with which words."""

from dataclasses import dataclass

from lorewright.lineage import Ref
from lorewright.llms import Asker, Purpose
from lorewright.records import Prompt


@dataclass(frozen=True, slots=True)
class Teacher:
    """A language model, the prompt it is asked with, and what its answers rest on."""

    asker: Asker
    prompt: Prompt
    recipe: Ref
    draw: int = 0
    """Asked again on purpose, the same question is another draw."""

    @property
    def parents(self) -> tuple[Ref, ...]:
        """What every answer was made from besides what was read."""
        return self.recipe, self.asker.model, self.prompt.ref

    def purpose(self, *about: Ref) -> Purpose:
        """What a call about some documents is for."""
        return Purpose(self.prompt.name, about, self.draw)
