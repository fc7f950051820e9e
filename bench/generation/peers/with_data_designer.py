"""The benchmark's work, done by Data Designer.

The passages are its seed, and the replies are a column of text. It writes a file for every
thousand records, its own setting. With --resume, the same command in the same folder goes on
after the last thousand that was whole, and asks again for all that came after it.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import os
from collections.abc import Iterable
from typing import Any

from job import KEY, MODEL, Job, finish, system, told, user


class Quarter:
    """Counts a token for every four letters.

    When all is generated, Data Designer measures its columns, among other things in the tokens
    of a vocabulary that tiktoken fetches from the internet. Nothing is done with the numbers here,
    and without the vocabulary it only warns; with this it can do the rest of the measuring.
    """

    def encode(self, text: str, **_: Any) -> range:
        """Something as long as the tokens are many."""
        return range(len(text) // 4)


def encoding(_: str) -> Quarter:
    """What stands in for `tiktoken.get_encoding`."""
    return Quarter()


def generate(job: Job) -> Iterable[tuple[int, str]]:
    """Ask through `DataDesigner.create` with its artifacts in the job's folder."""
    os.environ["NEMO_TELEMETRY_ENABLED"] = "false"
    import data_designer.config as dd
    import pandas as pd
    import tiktoken
    from data_designer.interface import DataDesigner, ResumeMode

    tiktoken.get_encoding = encoding

    provider = dd.ModelProvider(name="loopback", endpoint=job.url, api_key=KEY)
    model = dd.ModelConfig(
        alias=MODEL,
        model=MODEL,
        provider=provider.name,
        inference_parameters=dd.ChatCompletionInferenceParams(max_parallel_requests=job.at_once),
        # The check is a request of its own, about no passage.
        skip_health_check=True,
    )
    rows = [{"number": number, "passage": user(number)} for number in range(job.total)]
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=pd.DataFrame(rows)))
    builder.add_column(
        dd.LLMTextColumnConfig(
            name="reply", model_alias=MODEL, system_prompt=system(), prompt="{{ passage }}"
        )
    )
    designer = DataDesigner(artifact_path=job.out / "data_designer", model_providers=[provider])
    designer.set_run_config(dd.RunConfig(otel_metrics_port=None))
    answered = designer.create(
        builder,
        num_records=job.total,
        resume=ResumeMode.ALWAYS if job.resume else ResumeMode.NEVER,
    ).load_dataset()
    return zip((int(number) for number in answered["number"]), answered["reply"], strict=True)


if __name__ == "__main__":
    finish(told(__doc__, resumes=True), generate)
