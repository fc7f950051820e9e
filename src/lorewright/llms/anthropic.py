"""Anthropic's language models, and servers that speak their protocol."""

from typing import Self

from lorewright.llms.anthropic_batches import AnthropicBatches
from lorewright.llms.anthropic_messages import VERSION, body_of, reply_of
from lorewright.llms.calling import called
from lorewright.llms.endpoint import Endpoint, Vendor, endpoint_of
from lorewright.llms.http import Http
from lorewright.llms.reading import encoded
from lorewright.llms.refusals import Asked
from lorewright.llms.wire import Abilities, Reply, Request
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings

VENDOR = Vendor("https://api.anthropic.com", "ANTHROPIC_API_KEY")


class AnthropicModel:
    """One language model behind the Messages API.

    Args:
        name: the language model, as the server calls it.
        endpoint: the server, and the key.
        at_once: the most connections.
        timeout_s: how long one call may take.
        stream: whether answers come in pieces, which keeps proxies with little patience from
            cutting long ones off; what is made of the pieces is the same.
    """

    can = Abilities(means=("schema", "tool", "prose"), batches=True, caches=True)

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        at_once: int = 16,
        timeout_s: float = 180.0,
        stream: bool = False,
    ) -> None:
        self.record = LanguageModel(provider="anthropic", name=name, endpoint=endpoint.origin)
        self._name = name
        self._stream = stream
        headers = {"anthropic-version": VERSION}
        if endpoint.key:
            headers["x-api-key"] = endpoint.key
        self._http = Http(endpoint, headers, at_once=at_once, timeout_s=timeout_s)

    @classmethod
    def from_settings(cls, settings: TeacherSettings, name: str) -> Self:
        """The language model `name` as the settings reach it.

        Raises:
            EndpointError: when a key is needed and there is none.
        """
        endpoint = endpoint_of(settings, VENDOR)
        return cls(name, endpoint, at_once=settings.at_once, timeout_s=settings.timeout_s)

    async def complete(self, request: Request) -> Reply:
        """Answer `request`; see `ChatModel`."""
        body = encoded(body_of(request, self._name, stream=self._stream))
        asked = Asked(self._http.endpoint, self._name, request.means)
        response = await called(self._http, "/messages", body, asked)
        return reply_of(response.body, request)

    def batches(self) -> AnthropicBatches:
        """The same language model, asked many things at once."""
        return AnthropicBatches(self._http, self._name)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()
