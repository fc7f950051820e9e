"""What Lorewright wrote into a training file beside what the format asks for, read back exactly."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from lorewright.conversations.brightrun.format_fields import SCAFFOLDING
from lorewright.conversations.brightrun.notes import Fields
from lorewright.conversations.enriching import Quality, Said
from lorewright.records import QualityParts, QualityTier, Scaffold


class Trusted:
    """The `input_parameters` of a conversation in a file of our own."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        keys = (*SCAFFOLDING, "consultant_key")
        self.conversation_id = fields.text("conversation_id")
        self.teacher = fields.text("teacher")
        self.is_control = fields.value.get("is_control") is True
        self.scaffold = Scaffold(**{key: fields.text(key) for key in keys})

    def added_to(self, said: Said) -> Said:
        """What was said, with what only such a file knows of it.

        A quality that cannot be read, as after a change by hand, is worked out anew.
        """
        return replace(
            said,
            conversation_id=self.conversation_id or said.conversation_id,
            created_date=self._fields.text("created_date"),
            human_reviewed=self._fields.value.get("human_reviewed") is True,
            reviewer_notes=self._fields.text("reviewer_notes"),
            quality=self._quality(),
        )

    def _quality(self) -> Quality | None:
        told = self._fields.object("quality")
        try:
            return Quality(
                QualityParts(**told.object("parts").value),
                _score(told.value.get("score")),
                QualityTier(self._fields.text("quality_tier") or ""),
            )
        except (ValidationError, ValueError, TypeError, InvalidOperation):
            return None


def _score(value: Any) -> Decimal:
    """A score from 0 to 10.

    Raises:
        ValueError: when it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 10:
        raise ValueError("it is no score")
    return Decimal(value)
