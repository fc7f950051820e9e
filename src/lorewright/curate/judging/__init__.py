"""Judging: a language model rates examples against the whole of their evidence."""

from lorewright.curate.judging.case import Case, Passage, case_of
from lorewright.curate.judging.judging import PROMPT, NotJudged, judge, shown_to_judge

__all__ = ["PROMPT", "Case", "NotJudged", "Passage", "case_of", "judge", "shown_to_judge"]
