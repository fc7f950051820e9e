"""The benchmark's work, done by synthetic-data-kit.

Its client is given all conversations at once, and sends them in batches as large as the number
of requests at once. It holds the replies in memory and cannot go on after a crash, so there is
no --resume.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import json
from collections.abc import Iterable

from job import KEY, MODEL, Job, finish, messages, told


def generate(job: Job) -> Iterable[tuple[int, str]]:
    """Ask through the batch completion of an `LLMClient`."""
    from synthetic_data_kit.models.llm_client import LLMClient

    # JSON is YAML as well. The tool sleeps half a second after each batch unless told not to.
    endpoint = {
        "api_base": job.url,
        "api_key": KEY,
        "model": MODEL,
        "max_retries": 3,
        "retry_delay": 1.0,
        "sleep_time": 0,
    }
    settings = {"llm": {"provider": "api-endpoint"}, "api-endpoint": endpoint}
    path = job.out / "synthetic_data_kit.yaml"
    path.write_text(json.dumps(settings), encoding="utf-8")
    client = LLMClient(config_path=path, api_key=KEY)
    replies = client.batch_completion(
        [messages(number) for number in range(job.total)], batch_size=job.at_once
    )
    return enumerate(replies)


if __name__ == "__main__":
    finish(told(__doc__), generate)
