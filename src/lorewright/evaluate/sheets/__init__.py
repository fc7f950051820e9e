"""Rating sheets: answers under letters as rows of a table, and what a filled-in table says."""

from lorewright.evaluate.sheets.layout import (
    FIXED,
    PREFERENCE_COLUMN,
    REASON_COLUMN,
    SYNTHETIC,
    Layout,
    Row,
    columns_of,
)
from lorewright.evaluate.sheets.reading import Reading, Trouble, read_rows
from lorewright.evaluate.sheets.writing import guide_of, rows_of

__all__ = [
    "FIXED",
    "PREFERENCE_COLUMN",
    "REASON_COLUMN",
    "SYNTHETIC",
    "Layout",
    "Reading",
    "Row",
    "Trouble",
    "columns_of",
    "guide_of",
    "read_rows",
    "rows_of",
]
