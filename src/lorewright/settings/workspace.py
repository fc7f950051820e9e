"""Where a workspace keeps its things, and every setting under one roof."""

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lorewright.settings.analysis import AnalysisSettings
from lorewright.settings.api import ApiSettings, WebhookSettings
from lorewright.settings.chunks import ChunkSettings
from lorewright.settings.context import ContextSettings
from lorewright.settings.conversations import ConversationSettings
from lorewright.settings.curation import CurationSettings
from lorewright.settings.elsewhere import ElsewhereSettings
from lorewright.settings.enrichment import EnrichmentSettings
from lorewright.settings.evaluation import EvaluationSettings
from lorewright.settings.examples import ExampleSettings
from lorewright.settings.generation import GenerationSettings
from lorewright.settings.jobs import JobSettings
from lorewright.settings.neutral import NeutralSettings
from lorewright.settings.pairs import PairSettings
from lorewright.settings.regression import RegressionSettings
from lorewright.settings.teacher import TeacherSettings
from lorewright.settings.training import TrainingSettings

SETTINGS_FILE = "lorewright.toml"


class Settings(BaseSettings):
    """What the operator decides: flag, then environment, then `lorewright.toml`, then default."""

    model_config = SettingsConfigDict(
        env_prefix="LOREWRIGHT_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    database: str | None = None
    """SQLAlchemy URL. None keeps `lorewright.db` in the workspace."""
    blobs: str | None = None
    """obstore URL. None keeps the folder `blobs` in the workspace. Every workspace needs a prefix
    of its own: erasing sweeps away the blobs that its own records do not cite."""
    operator: str = Field(default="operator", min_length=1)
    """The name that decisions are signed with."""
    chunks: ChunkSettings = ChunkSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    context: ContextSettings = ContextSettings()
    teacher: TeacherSettings = TeacherSettings()
    judge: TeacherSettings = TeacherSettings()
    base: TeacherSettings = TeacherSettings()
    generation: GenerationSettings = GenerationSettings()
    pairs: PairSettings = PairSettings()
    neutral: NeutralSettings = NeutralSettings()
    conversations: ConversationSettings = ConversationSettings()
    enrichment: EnrichmentSettings = EnrichmentSettings()
    examples: ExampleSettings = ExampleSettings()
    curation: CurationSettings = CurationSettings()
    training: TrainingSettings = TrainingSettings()
    jobs: JobSettings = JobSettings()
    elsewhere: ElsewhereSettings = ElsewhereSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    regression: RegressionSettings = RegressionSettings()
    api: ApiSettings = ApiSettings()
    webhooks: WebhookSettings = WebhookSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then file; no .env files and no secret folders."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
