"""Who rates answers, by what, and how far raters have to agree."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lorewright.settings.teacher import TeacherSettings

JudgeName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class JudgesSettings(BaseModel):
    """Judges and people who rate the answers of several arms without knowing whose they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Literal["advisor", "criteria", "deliberation"] = "advisor"
    """The dimensions that answers are rated by."""
    advisor: str = ""
    """Who the advisor is, how they speak and what they never do, told to whoever rates; without
    it nobody can say whose voice an answer has."""
    pairs: tuple[tuple[str, str], ...] = (("tuned", "prompted-base"),)
    """The arms between which a preference is asked for, each pair in both orders."""
    panel: Mapping[JudgeName, TeacherSettings] = {}
    """The judges, each a table of its own such as `[evaluation.judges.panel.strict]` with the
    settings of a teacher; best of several families. Without one `[judge]` judges, or the
    teacher."""
    least_agreement: Decimal = Field(default=Decimal("0.6"), ge=0, le=1)
    """Krippendorff's alpha from which raters count as agreeing; it is reported as met or not."""
    repeats: Decimal = Field(default=Decimal("0.1"), ge=0, le=Decimal("0.5"))
    """The share of scenarios that people are shown twice, to see how far they agree with
    themselves."""
    attention: int = Field(default=2, ge=0, le=10)
    """Scenarios in a sheet of which one answer was given to somebody else: whoever prefers that
    one did not read."""
