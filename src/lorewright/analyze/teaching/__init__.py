"""A language model reads chunks and documents; what it says counts where its words are found."""

from lorewright.analyze.teaching.asking import Question, Teacher, Teaching, ask_about, questions
from lorewright.analyze.teaching.categorising import (
    CATEGORISE,
    about_document,
    ask_where_it_belongs,
)
from lorewright.analyze.teaching.gathering import taught
from lorewright.analyze.teaching.templates import TEMPLATES, Template, templates_for

__all__ = [
    "CATEGORISE",
    "TEMPLATES",
    "Question",
    "Teacher",
    "Teaching",
    "Template",
    "about_document",
    "ask_about",
    "ask_where_it_belongs",
    "questions",
    "taught",
    "templates_for",
]
