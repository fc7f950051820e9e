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
from lorewright.pictures.effects_plot import effects_plot
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
from lorewright.pictures.proof_data import (
    AgreementShown,
    ArmShown,
    ChoiceShown,
    CostShown,
    CountShown,
    Effect,
    GateShown,
    LengthShown,
    LockShown,
    MeanRow,
    MetricShown,
    OrderShown,
    PairShown,
    PairsShown,
    PowerShown,
    ProofPage,
    RankShown,
    ReasonShown,
    RegressionShown,
    ReplyShown,
    WordingShown,
)
from lorewright.pictures.proof_markdown import proof_markdown
from lorewright.pictures.proof_page import proof_html
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
    "AgreementShown",
    "ArmShown",
    "BalanceCell",
    "ChoiceShown",
    "ChunkMark",
    "ClaimList",
    "ContextGraph",
    "ContextPage",
    "CostShown",
    "CountShown",
    "Counts",
    "CurvePoint",
    "DocumentMap",
    "Effect",
    "ExperimentPage",
    "FindingCard",
    "GateShown",
    "GraphChunk",
    "GraphPart",
    "GraphRelation",
    "GraphTheme",
    "LengthShown",
    "Lineage",
    "LineageStep",
    "LockShown",
    "LossPoint",
    "LossSeries",
    "Losses",
    "MaskPage",
    "MeanRow",
    "MetricShown",
    "NamedRecord",
    "OrderShown",
    "PageCell",
    "PageClaim",
    "PageExample",
    "PageRendering",
    "PairShown",
    "PairedRow",
    "PairsShown",
    "Passage",
    "Picture",
    "PowerShown",
    "ProofPage",
    "Quoted",
    "RankShown",
    "ReasonShown",
    "RecipeSettings",
    "RegressionShown",
    "RejectionReason",
    "ReplyShown",
    "ReportData",
    "SampleAnswers",
    "SectionCoverage",
    "Table",
    "Trouble",
    "Use",
    "WordingShown",
    "balance",
    "chunk_map",
    "context_graph",
    "counted",
    "coverage",
    "effects_plot",
    "forest_plot",
    "funnel",
    "learning_curve",
    "lineage_picture",
    "loss_curve",
    "proof_html",
    "proof_markdown",
    "render_context",
    "render_experiment",
    "render_masks",
    "render_report",
    "standalone",
    "stylesheet",
]
