"""Curate: gates, duplicates, honest splits, and files that other tools read."""

from lorewright.curate.coverage import Coverage, SectionCoverage, coverage
from lorewright.curate.curating import curate
from lorewright.curate.curation import Curation, Opinions, Tally, TurnedDown
from lorewright.curate.exporter import ContentExporter, Exporter
from lorewright.curate.taught import taught_spans

__all__ = [
    "ContentExporter",
    "Coverage",
    "Curation",
    "Exporter",
    "Opinions",
    "SectionCoverage",
    "Tally",
    "TurnedDown",
    "coverage",
    "curate",
    "taught_spans",
]
