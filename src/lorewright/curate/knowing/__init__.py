"""Knowing: whether a base model has the answer of an example already."""

from lorewright.curate.knowing.asking import PURPOSE, ask_base, question_of
from lorewright.curate.knowing.grading import RIGHT_FROM, share_found

__all__ = ["PURPOSE", "RIGHT_FROM", "ask_base", "question_of", "share_found"]
