"""The benchmark's work, done by distilabel.

A pipeline of two steps: one hands out the passages, the other asks for a text about each. Its
batches are as large as the number of requests at once, since it sends a batch whole and waits
for all of it. It has a cache that a pipeline stopped in order goes on from; one that was killed
hung when it was started again on that cache, so there is no --resume.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import os
from collections.abc import Iterable

from job import KEY, MODEL, Job, finish, system, told, user


def generate(job: Job) -> Iterable[tuple[int, str]]:
    """Ask through a `Pipeline` with its cache in the job's folder."""
    os.environ["DISTILABEL_LOG_LEVEL"] = "WARNING"
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    rows = [{"number": number, "instruction": user(number)} for number in range(job.total)]
    with Pipeline(name="bench", cache_dir=job.out / "distilabel") as pipeline:
        passages = LoadDataFromDicts(data=rows, batch_size=job.at_once)
        ask = TextGeneration(
            llm=OpenAILLM(
                model=MODEL,
                base_url=job.url,
                api_key=KEY,
                generation_kwargs={"max_new_tokens": 1024},
            ),
            system_prompt=system(),
            input_batch_size=job.at_once,
        )
        passages.connect(ask)
    answered = pipeline.run()["default"]["train"]
    return zip(answered["number"], answered["generation"], strict=True)


if __name__ == "__main__":
    finish(told(__doc__), generate)
