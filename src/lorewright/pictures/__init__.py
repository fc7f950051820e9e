"""Pictures drawn as SVG, and the report that is one HTML file; nothing here needs a browser."""

from lorewright.pictures.balance import BalanceCell, balance
from lorewright.pictures.chunk_map import ChunkMark, DocumentMap, chunk_map
from lorewright.pictures.context_graph import (
    ContextGraph,
    GraphChunk,
    GraphPart,
    GraphRelation,
    GraphTheme,
    context_graph,
)
from lorewright.pictures.context_page import (
    ClaimList,
    ContextPage,
    PageClaim,
    Quoted,
    render_context,
    standalone,
)
from lorewright.pictures.coverage import SectionCoverage, Use, coverage
from lorewright.pictures.experiment_page import ExperimentPage, PageCell, render_experiment
from lorewright.pictures.figures import counted
from lorewright.pictures.forest_plot import PairedRow, forest_plot
from lorewright.pictures.funnel import Counts, Losses, funnel
from lorewright.pictures.learning_curve import CurvePoint, learning_curve
from lorewright.pictures.lineage_picture import Lineage, LineageStep, lineage_picture
from lorewright.pictures.loss_curve import LossPoint, LossSeries, loss_curve
from lorewright.pictures.mask_page import (
    MaskPage,
    PageExample,
    PageRendering,
    Trouble,
    render_masks,
)
from lorewright.pictures.passage import Passage
from lorewright.pictures.picture import Picture, Table
from lorewright.pictures.report import render_report, stylesheet
from lorewright.pictures.report_data import (
    FindingCard,
    NamedRecord,
    RecipeSettings,
    RejectionReason,
    ReportData,
    SampleAnswers,
)

__all__ = [
    "BalanceCell",
    "ChunkMark",
    "ClaimList",
    "ContextGraph",
    "ContextPage",
    "Counts",
    "CurvePoint",
    "DocumentMap",
    "ExperimentPage",
    "FindingCard",
    "GraphChunk",
    "GraphPart",
    "GraphRelation",
    "GraphTheme",
    "Lineage",
    "LineageStep",
    "LossPoint",
    "LossSeries",
    "Losses",
    "MaskPage",
    "NamedRecord",
    "PageCell",
    "PageClaim",
    "PageExample",
    "PageRendering",
    "PairedRow",
    "Passage",
    "Picture",
    "Quoted",
    "RecipeSettings",
    "RejectionReason",
    "ReportData",
    "SampleAnswers",
    "SectionCoverage",
    "Table",
    "Trouble",
    "Use",
    "balance",
    "chunk_map",
    "context_graph",
    "counted",
    "coverage",
    "forest_plot",
    "funnel",
    "learning_curve",
    "lineage_picture",
    "loss_curve",
    "render_context",
    "render_experiment",
    "render_masks",
    "render_report",
    "standalone",
    "stylesheet",
]
