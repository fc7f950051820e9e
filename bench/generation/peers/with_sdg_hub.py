"""The benchmark's work, done by SDG Hub.

A flow of one block that asks about every row of a table. The flow is there because the number
of requests at once is set on it. A flow keeps nothing until it is done, unless it is told to
work in parts and save after each; that is off by default, and off here, so there is no --resume.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import os
from collections.abc import Iterable

from job import KEY, MODEL, Job, finish, messages, told


def generate(job: Job) -> Iterable[tuple[int, str]]:
    """Ask through an `LLMChatBlock` in a `Flow`."""
    os.environ["LOG_LEVEL"] = "WARNING"
    import pandas as pd
    from sdg_hub.core.blocks import LLMChatBlock
    from sdg_hub.core.flow import Flow, FlowMetadata

    block = LLMChatBlock(
        block_name="ask", input_cols="messages", output_cols="replies", async_mode=True
    )
    flow = Flow(blocks=[block], metadata=FlowMetadata(name="bench"))
    flow.set_model_config(model=f"openai/{MODEL}", api_base=job.url, api_key=KEY)
    rows = [{"number": number, "messages": messages(number)} for number in range(job.total)]
    answered = flow.generate(pd.DataFrame(rows), max_concurrency=job.at_once)
    replies = [replies[0]["content"] for replies in answered["replies"]]
    return zip(answered["number"], replies, strict=True)


if __name__ == "__main__":
    finish(told(__doc__), generate)
