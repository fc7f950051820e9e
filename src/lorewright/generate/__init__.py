"""From passages to question-answer pairs that point at the words they rest on."""

from lorewright.generate.generator import Generator, check_levels, propose

__all__ = ["Generator", "check_levels", "propose"]
