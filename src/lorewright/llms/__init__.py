"""Language models: what is said to them, what comes back, and what it costs."""

from lorewright.llms.asking import Asker, Call, Purpose
from lorewright.llms.batches import BatchModel, BatchProgress, BatchState
from lorewright.llms.models import open_batches, open_model
from lorewright.llms.parsing import parsed
from lorewright.llms.prompts import (
    Rendered,
    bundled_prompt,
    bundled_prompts,
    facts_of,
    fenced,
    load_prompt,
    render,
)
from lorewright.llms.shapes import shape_of
from lorewright.llms.typed import Answer, ask
from lorewright.llms.wire import (
    Abilities,
    ChatModel,
    Means,
    Message,
    Reply,
    Request,
    Shape,
    Stop,
    Usage,
)

__all__ = [
    "Abilities",
    "Answer",
    "Asker",
    "BatchModel",
    "BatchProgress",
    "BatchState",
    "Call",
    "ChatModel",
    "Means",
    "Message",
    "Purpose",
    "Rendered",
    "Reply",
    "Request",
    "Shape",
    "Stop",
    "Usage",
    "ask",
    "bundled_prompt",
    "bundled_prompts",
    "facts_of",
    "fenced",
    "load_prompt",
    "open_batches",
    "open_model",
    "parsed",
    "render",
    "shape_of",
]
