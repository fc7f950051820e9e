"""Asking a teacher what several documents share and where they part."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from lorewright.analyze import context
from lorewright.analyze.context import CorpusGiven, Pair, Side
from lorewright.errors import NotYet, UsageError
from lorewright.flows.context_desk import (
    BETWEEN,
    THEMES,
    Between,
    ContextChoice,
    Desk,
    gathered,
)
from lorewright.flows.context_works import (
    PAIRS_PER_SHARD,
    RELATION_TOKENS,
    THEMES_TOKENS,
    forecast,
    joins,
    parted,
    places,
)
from lorewright.jobs import Forecast, Priced, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import ContextNotes, DocumentContext, Record
from lorewright.settings import Settings
from lorewright.store import Store

CORPUS = "the documents"
"""What the notes of several documents together are about."""
