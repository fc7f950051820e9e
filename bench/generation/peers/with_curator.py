"""The benchmark's work, done by Bespoke Curator.

Curator keeps every reply in its cache as it comes. With --resume, the same command in the same
folder finds that cache and asks only for what is missing.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUntypedBaseClass=false

import os
from collections.abc import Iterable
from importlib import resources
from typing import Any

from job import KEY, MODEL, Job, finish, messages, told

# Beyond what any run here reaches, so that only the number of requests at once limits it.
NO_LIMIT = 1_000_000_000


def generate(job: Job) -> Iterable[tuple[int, str]]:
    """Ask through a `curator.LLM` with its cache in the job's folder."""
    os.environ["TELEMETRY_ENABLED"] = "false"
    os.environ["CURATOR_DISABLE_RICH_DISPLAY"] = "1"
    # Curator counts the tokens of every request, and does not start without a vocabulary that
    # tiktoken fetches from the internet. One of its own dependencies has the same file with it.
    tokenizers = resources.files("litellm") / "litellm_core_utils" / "tokenizers"
    os.environ["TIKTOKEN_CACHE_DIR"] = str(tokenizers)
    from bespokelabs import curator

    class Asker(curator.LLM):
        """One question from each passage."""

        def prompt(self, input: dict[str, Any]) -> list[dict[str, str]]:  # noqa: A002 - its name
            return input["messages"]

        def parse(self, input: dict[str, Any], response: str) -> dict[str, Any]:  # noqa: A002
            return {"number": input["number"], "reply": response}

    asker = Asker(
        model_name=MODEL,
        backend="openai",
        backend_params={
            "base_url": job.url,
            "api_key": KEY,
            "max_concurrent_requests": job.at_once,
            "max_requests_per_minute": NO_LIMIT,
            "max_tokens_per_minute": NO_LIMIT,
        },
    )
    rows = [{"number": number, "messages": messages(number)} for number in range(job.total)]
    answered = asker(rows, working_dir=str(job.out / "curator"))
    return [(row["number"], row["reply"]) for row in answered.dataset]


if __name__ == "__main__":
    finish(told(__doc__, resumes=True), generate)
