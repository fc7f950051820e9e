"""OpenAI's language models, and the many servers that speak their protocol.

vLLM, Ollama, llama.cpp, LM Studio and most gateways do; `teacher.url` says where they are.
"""

from typing import Self

from lorewright.llms.calling import called
from lorewright.llms.endpoint import Endpoint, Vendor, endpoint_of
from lorewright.llms.http import Http
from lorewright.llms.openai_batches import OpenAiBatches
from lorewright.llms.openai_chat import Dialect, body_of, reply_of
from lorewright.llms.reading import encoded
from lorewright.llms.refusals import Asked
from lorewright.llms.wire import Abilities, Reply, Request
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings

VENDOR = Vendor("https://api.openai.com", "OPENAI_API_KEY")


class OpenAiModel:
    """One language model behind chat completions.

    A server of one's own that holds answers to a shape seldom shows the shape to the language
    model, so it is said in words too; and one that does not count tokens is taken to have used
    one for every four characters, so that a budget still holds.

    Args:
        name: the language model, as the server calls it.
        endpoint: the server, and the key.
        at_once: the most connections.
        timeout_s: how long one call may take.
        stream: whether answers come in pieces, which keeps proxies with little patience from
            cutting long ones off; what is made of the pieces is the same.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        at_once: int = 16,
        timeout_s: float = 180.0,
        stream: bool = False,
    ) -> None:
        self.record = LanguageModel(provider="openai", name=name, endpoint=endpoint.origin)
        self.can = Abilities(
            means=("schema", "tool", "json", "prose"), batches=True, caches=endpoint.is_vendors
        )
        self._name = name
        self._dialect = Dialect(endpoint.is_vendors, stream)
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
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
        body = encoded(body_of(request, self._name, self._dialect))
        asked = Asked(self._http.endpoint, self._name, request.means)
        response = await called(self._http, "/chat/completions", body, asked)
        return reply_of(response.body, request)

    def batches(self) -> OpenAiBatches:
        """The same language model, asked many things at once."""
        return OpenAiBatches(self._http, self._name, self._dialect)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()
