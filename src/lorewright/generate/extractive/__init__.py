"""The extractive teacher: rules instead of a language model, answers word for word."""

from lorewright.generate.extractive.teacher import ExtractiveTeacher

__all__ = ["ExtractiveTeacher"]
