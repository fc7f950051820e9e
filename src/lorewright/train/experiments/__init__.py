"""Experiments: what is varied, what is compared, and what is expected, as data."""

from lorewright.train.experiments.cells import Cell, Given, cells_of
from lorewright.train.experiments.plan import (
    ALIASES,
    DATASET,
    FIELDS,
    OPEN,
    TIMES,
    BestOf,
    ExperimentPlan,
    Scalar,
    Scalars,
)
from lorewright.train.experiments.plans import FOLDER, Plans, known_plans

__all__ = [
    "ALIASES",
    "DATASET",
    "FIELDS",
    "FOLDER",
    "OPEN",
    "TIMES",
    "BestOf",
    "Cell",
    "ExperimentPlan",
    "Given",
    "Plans",
    "Scalar",
    "Scalars",
    "cells_of",
    "known_plans",
]
