"""How other programs reach Lorewright over HTTP, and what it tells them by itself."""

from pydantic import BaseModel, ConfigDict, Field


class ApiSettings(BaseModel):
    """The HTTP interface."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    """The address it listens on. Beyond this machine it asks for a token."""
    port: int = Field(default=8765, ge=0, le=65535)
    """0 takes a free one."""
    hosts: tuple[str, ...] = ()
    """Other names under which it may be called, such as `lorewright.example.org`. A request that
    names another host is refused, since a web page could have sent it."""
    token_variable: str = Field(default="LOREWRIGHT_API_TOKEN", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The environment variable that holds the token that callers must show. Unset, none is asked
    for."""


class WebhookSettings(BaseModel):
    """Messages between training jobs and other programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+")
    """Is told when a training job is queued, started, paused, completed, failed or cancelled. None
    tells nobody."""
    secret_variable: str = Field(
        default="LOREWRIGHT_WEBHOOK_SECRET", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"
    )
    """The environment variable that holds the secret that messages are signed with, both ways."""
    window_s: int = Field(default=300, ge=10, le=3600)
    """How far the moment of a signature may be from now, in seconds."""
