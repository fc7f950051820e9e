"""From the settings to a chat model that is ready to be asked."""

from typing import Protocol, runtime_checkable

from lorewright import plugins
from lorewright.errors import BadSettings, MissingExtra, NotYet, PluginError, UsageError
from lorewright.llms.batches import BatchModel
from lorewright.llms.negotiating import Negotiating
from lorewright.llms.wire import ChatModel
from lorewright.settings import TeacherSettings

GROUP = "chat_models"
EXTRAS = {"aiohttp": "teachers", "json_repair": "teachers", "pydantic_ai": "providers"}
"""Which part of Lorewright brings the library that a plug-in misses."""


class ChatModelPlugin(Protocol):
    """What stands behind an entry point of `lorewright.chat_models`."""

    def from_settings(self, settings: TeacherSettings, name: str) -> ChatModel:
        """The language model `name`, the part of `teacher.model` after the first colon.

        Raises:
            EndpointError: when it cannot be used, such as for want of a key.
        """
        ...


@runtime_checkable
class OffersBatches(Protocol):
    """A chat model that can be asked many things at once, to be answered within a day."""

    def batches(self) -> BatchModel:
        """The same language model by its batch API; the two close together."""
        ...


def open_model(settings: TeacherSettings) -> ChatModel:
    """The chat model that `settings.model` names, `plug-in:name`.

    It uses the strictest means its server takes to hold answers to a shape; see `Negotiating`.

    Raises:
        NotYet: when no model is set.
        PluginError: when there is no such plug-in.
        MissingExtra: when the plug-in needs a library that is not installed.
        EndpointError: when a key is needed and missing.
    """
    inner = _inner(settings)
    return Negotiating(inner) if len(inner.can.means) > 1 else inner


def open_batches(settings: TeacherSettings) -> BatchModel:
    """The batch API of the model that `settings.model` names.

    Raises:
        UsageError: when that model has none; otherwise as `open_model`.
    """
    inner = _inner(settings)
    if not isinstance(inner, OffersBatches):
        hint = "leave batches off, or ask a provider that has them, such as anthropic or openai"
        raise UsageError(
            f"{settings.model} cannot be asked in batches", where="teacher.model", hint=hint
        )
    return inner.batches()


def _inner(settings: TeacherSettings) -> ChatModel:
    if settings.model is None:
        hint = "set teacher.model, for example to openai:qwen3, and teacher.url for your own server"
        raise NotYet("no language model is set", where="teacher.model", hint=hint)
    provider, _, name = settings.model.partition(":")
    try:
        plugin: ChatModelPlugin = plugins.load(GROUP, provider)
        return plugin.from_settings(settings, name)
    except ModuleNotFoundError as error:
        raise _missing(provider, error) from error
    except PluginError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            raise _missing(provider, error.__cause__) from error
        if provider not in plugins.names(GROUP):
            raise BadSettings(error.sentence, where="teacher.model", hint=error.hint) from error
        raise


def _missing(provider: str, error: ModuleNotFoundError) -> MissingExtra:
    library = (error.name or "a library").partition(".")[0]
    extra = EXTRAS.get(library, "teachers")
    return MissingExtra(
        f"the chat model plug-in {provider!r} needs {library}, which is not installed",
        hint=f'pip install "lorewright[{extra}]"',
    )
