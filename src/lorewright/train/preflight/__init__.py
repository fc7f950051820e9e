"""Preflight: what would go wrong is found before anything is trained.

Every idea of what may be off is a check with a file of its own; `RULES` is the table of all
that can be found. A blocker stops the training, a warning does not, and a blocker that leaves
training possible can be overridden by its name.
"""

from lorewright.train.preflight.finding import Finding, Rule, Severity
from lorewright.train.preflight.looking import (
    CHECKS,
    RULES,
    Preflight,
    again_with,
    check_names,
    look,
)
from lorewright.train.preflight.proposal import Proposal
from lorewright.train.preflight.reading import Reader
from lorewright.train.preflight.sizes import in_bytes, in_time

__all__ = [
    "CHECKS",
    "RULES",
    "Finding",
    "Preflight",
    "Proposal",
    "Reader",
    "Rule",
    "Severity",
    "again_with",
    "check_names",
    "in_bytes",
    "in_time",
    "look",
]
