"""Every other vendor, by way of Pydantic AI: Google, Mistral, Bedrock, Groq, xAI and more.

Its keys come from the environment variables that it documents. It costs more time for each call
than the two wire formats of ours, and asks for nothing that a vendor does not have.
"""

import json
from typing import Self

from pydantic_ai import exceptions as gone_wrong
from pydantic_ai.direct import model_request
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.models import Model as Vendor
from pydantic_ai.models import ModelRequestParameters, infer_model
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from lorewright.errors import BadReply, BadSettings, EndpointError, LorewrightError, ModelError
from lorewright.llms.endpoint import Endpoint
from lorewright.llms.http import Response
from lorewright.llms.reading import joined
from lorewright.llms.refusals import LONGEST_SAID, Asked, refusal_of
from lorewright.llms.said_shapes import with_shape_said
from lorewright.llms.wire import Abilities, Means, Message, Reply, Request, Shape, Stop, Usage
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings

STOPS = {
    "stop": Stop.END,
    "tool_call": Stop.END,
    "length": Stop.LENGTH,
    "content_filter": Stop.FILTERED,
}


class PydanticAiModel:
    """One language model behind Pydantic AI.

    Args:
        vendor: the language model, as Pydantic AI opens it.
        name: what it is called there, such as `google:gemini-2.5-pro`.
        timeout_s: how long one call may take.
    """

    def __init__(self, vendor: Vendor, name: str, *, timeout_s: float = 180.0) -> None:
        self.record = LanguageModel(provider="pydantic_ai", name=name)
        self.can = Abilities(means=_means(vendor))
        self._vendor = vendor
        self._name = name
        self._timeout_s = timeout_s

    @classmethod
    def from_settings(cls, settings: TeacherSettings, name: str) -> Self:
        """The language model `name`, as in `google:gemini-2.5-pro`.

        Raises:
            BadSettings: when the settings hold what Pydantic AI finds by itself.
            EndpointError: when it cannot be used, such as for want of a key.
        """
        for said, value in (("url", settings.url), ("key_variable", settings.key_variable)):
            if value is not None:
                raise BadSettings(
                    f"teacher.{said} has no meaning for the plug-in pydantic_ai",
                    where=f"teacher.{said}",
                    hint="it reads the environment variables that Pydantic AI documents",
                )
        try:
            return cls(infer_model(name), name, timeout_s=settings.timeout_s)
        except (gone_wrong.UserError, ValueError) as error:
            said = str(error)[:LONGEST_SAID]
        raise EndpointError(f"Pydantic AI cannot open {name}: {said}", where="teacher.model")

    async def complete(self, request: Request) -> Reply:
        """Answer `request`; see `ChatModel`."""
        settings = ModelSettings(
            max_tokens=request.max_tokens, timeout=self._timeout_s, max_retries=0
        )
        if request.temperature is not None:
            settings["temperature"] = float(request.temperature)
        try:
            response = await model_request(
                self._vendor,
                _messages(request),
                model_settings=settings,
                model_request_parameters=_parameters(request),
            )
        except (gone_wrong.AgentRunError, gone_wrong.UserError, TimeoutError) as error:
            failure = self._explained(error, request.means)
        else:
            return _reply(response)
        raise failure  # out here it carries no context, which could hold headers

    async def close(self) -> None:
        """Its connections are its own, and shared by all that it opens."""

    def _explained(self, error: Exception, means: Means) -> LorewrightError:
        where = f"pydantic_ai:{self._name}"
        said = str(error)[:LONGEST_SAID]
        match error:
            case gone_wrong.ModelHTTPError():
                return self._refused(error, means)
            case gone_wrong.ModelTimeoutError() | gone_wrong.ModelRequestTimeout() | TimeoutError():
                sentence = f"no whole answer came within {self._timeout_s:g} s"
                return ModelError(sentence, where=where, fault="slow", again=True)
            case gone_wrong.ModelConnectionError():
                return ModelError(said, where=where, fault="down", again=True)
            case gone_wrong.ContentFilterError():
                sentence = "the provider's content filter withheld the answer"
                return ModelError(sentence, where=where, fault="filtered")
            case gone_wrong.UnexpectedModelBehavior():
                raw = (error.body or said).encode()
                return BadReply(said, fault="other_protocol", raw=raw, where=where)
            case gone_wrong.UserError():
                return EndpointError(said, where=where)
            case _:
                return ModelError(said, where=where, fault="server", again=True)

    def _refused(self, error: gone_wrong.ModelHTTPError, means: Means) -> LorewrightError:
        body = error.body if isinstance(error.body, str) else json.dumps(error.body, default=str)
        headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
        asked = Asked(Endpoint(f"pydantic_ai://{self._name}"), self._name, means)
        return refusal_of(Response(error.status_code, headers, body.encode()), asked)


def _means(vendor: Vendor) -> tuple[Means, ...]:
    """What the vendor's profile says that it can do, the strictest first."""
    found: list[Means] = []
    if vendor.profile.get("supports_json_schema_output"):
        found.append("schema")
    if vendor.profile.get("supports_tools"):
        found.append("tool")
    return (*found, "prose")


def _messages(request: Request) -> list[ModelMessage]:
    messages = request.messages
    if request.shape is not None and request.means in {"json", "prose"}:
        messages = with_shape_said(messages, request.shape)
    return [_turn(message) for message in joined(messages)]


def _turn(message: Message) -> ModelMessage:
    match message.role:
        case "system":
            return ModelRequest(parts=[SystemPromptPart(message.text)])
        case "user":
            return ModelRequest(parts=[UserPromptPart(message.text)])
        case "assistant":
            return ModelResponse(parts=[TextPart(message.text)])


def _parameters(request: Request) -> ModelRequestParameters:
    if request.shape is None or request.means in {"json", "prose"}:
        return ModelRequestParameters()
    schema, name = _copied(request.shape), request.shape.name
    if request.means == "schema":
        form = OutputObjectDefinition(json_schema=schema, name=name, strict=True)
        return ModelRequestParameters(output_mode="native", output_object=form)
    tool = ToolDefinition(name=name, parameters_json_schema=schema, kind="output", strict=True)
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


def _copied(shape: Shape) -> dict[str, object]:
    """The schema for somebody else's hands: a shape is shared by all calls that ask for it."""
    return json.loads(json.dumps(shape.schema))


def _reply(response: ModelResponse) -> Reply:
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    texts = [part.content for part in response.parts if isinstance(part, TextPart)]
    usage = response.usage
    read, written = usage.cache_read_tokens, usage.cache_write_tokens
    fresh = max(usage.input_tokens - read - written, 0)
    stop = STOPS.get(response.finish_reason or "stop", Stop.OTHER)
    return Reply(
        calls[0].args_as_json_str() if calls else "".join(texts),
        stop,
        Usage(fresh, usage.output_tokens, read, written),
        ModelMessagesTypeAdapter.dump_json([response]),
        response.model_name or "",
    )
