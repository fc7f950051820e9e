"""What the operator decides."""

from lorewright.settings.analysis import AnalysisSettings
from lorewright.settings.chunks import ChunkSettings
from lorewright.settings.curation import CurationSettings
from lorewright.settings.evaluation import EvaluationSettings
from lorewright.settings.generation import GenerationSettings
from lorewright.settings.load import load_settings
from lorewright.settings.training import PocketSettings, TrainingSettings
from lorewright.settings.workspace import SETTINGS_FILE, Settings

__all__ = [
    "SETTINGS_FILE",
    "AnalysisSettings",
    "ChunkSettings",
    "CurationSettings",
    "EvaluationSettings",
    "GenerationSettings",
    "PocketSettings",
    "Settings",
    "TrainingSettings",
    "load_settings",
]
