"""What the operator decides."""

from lorewright.settings.analysis import AnalysisSettings
from lorewright.settings.api import ApiSettings, WebhookSettings
from lorewright.settings.chunks import ChunkSettings
from lorewright.settings.context import ContextSettings
from lorewright.settings.conversations import ConversationSettings
from lorewright.settings.curation import CurationSettings
from lorewright.settings.described import (
    Setting,
    every_setting,
    settings_schema,
    settings_text,
    toml_of,
)
from lorewright.settings.elsewhere import (
    ANY,
    HERE,
    ElsewhereSettings,
    PlaceSettings,
    SkyPilotPlace,
    SshPlace,
)
from lorewright.settings.enrichment import EnrichmentSettings
from lorewright.settings.evaluation import EvaluationSettings
from lorewright.settings.evaluation_judges import JudgesSettings
from lorewright.settings.evaluation_proof import DIMENSIONS, PROFILES, AnswerSettings, ProofRules
from lorewright.settings.evaluation_scenarios import ScenarioSettings
from lorewright.settings.examples import ExampleSettings
from lorewright.settings.generation import (
    CONTROLS,
    CONVERSATIONS,
    DELIBERATIONS,
    PAIRS,
    GenerationSettings,
)
from lorewright.settings.jobs import JobSettings, PriceSettings
from lorewright.settings.load import load_settings
from lorewright.settings.neutral import NeutralSettings
from lorewright.settings.origins import Held, held_settings, masked
from lorewright.settings.pairs import PairSettings
from lorewright.settings.regression import RegressionSettings
from lorewright.settings.teacher import TeacherSettings
from lorewright.settings.training import PocketSettings, TrainingSettings
from lorewright.settings.workspace import SETTINGS_FILE, Settings

__all__ = [
    "ANY",
    "CONTROLS",
    "CONVERSATIONS",
    "DELIBERATIONS",
    "DIMENSIONS",
    "HERE",
    "PAIRS",
    "PROFILES",
    "SETTINGS_FILE",
    "AnalysisSettings",
    "AnswerSettings",
    "ApiSettings",
    "ChunkSettings",
    "ContextSettings",
    "ConversationSettings",
    "CurationSettings",
    "ElsewhereSettings",
    "EnrichmentSettings",
    "EvaluationSettings",
    "ExampleSettings",
    "GenerationSettings",
    "Held",
    "JobSettings",
    "JudgesSettings",
    "NeutralSettings",
    "PairSettings",
    "PlaceSettings",
    "PocketSettings",
    "PriceSettings",
    "ProofRules",
    "RegressionSettings",
    "ScenarioSettings",
    "Setting",
    "Settings",
    "SkyPilotPlace",
    "SshPlace",
    "TeacherSettings",
    "TrainingSettings",
    "WebhookSettings",
    "every_setting",
    "held_settings",
    "load_settings",
    "masked",
    "settings_schema",
    "settings_text",
    "toml_of",
]
