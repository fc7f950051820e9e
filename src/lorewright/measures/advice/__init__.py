"""Thirteen metrics of advice, A1 to E2: raw values, and how near they come to the advisor's own."""

from lorewright.measures.advice.calibration import (
    Band,
    Calibration,
    Index,
    Scored,
    Target,
    calibrate,
    score_advice,
)
from lorewright.measures.advice.lexicon import FINANCE, Lexicon, lexicon
from lorewright.measures.advice.measuring import Advice, measure_advice
from lorewright.measures.advice.metric import METRICS, OF, About, Aim, Measurement, Metric, Setting
from lorewright.measures.advice.origin import (
    Profile,
    ProfileReport,
    Threshold,
    hold_against,
    origin_profile,
)
from lorewright.measures.advice.signature import Phrase, Signature, learn_signature

__all__ = [
    "FINANCE",
    "METRICS",
    "OF",
    "About",
    "Advice",
    "Aim",
    "Band",
    "Calibration",
    "Index",
    "Lexicon",
    "Measurement",
    "Metric",
    "Phrase",
    "Profile",
    "ProfileReport",
    "Scored",
    "Setting",
    "Signature",
    "Target",
    "Threshold",
    "calibrate",
    "hold_against",
    "learn_signature",
    "lexicon",
    "measure_advice",
    "origin_profile",
    "score_advice",
]
