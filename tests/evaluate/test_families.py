"""Who made a language model is known by its name, and a judge of that family is partial."""

import pytest

from lorewright.evaluate.judging import family_of, own_family


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("openai:gpt-4.1-mini", "openai"),
        ("openai:o3-mini", "openai"),
        ("anthropic:claude-sonnet-4-5", "anthropic"),
        ("pydantic_ai:google-gla:gemini-2.5-flash", "google"),
        ("openai:Qwen/Qwen3-8B", "alibaba"),
        ("openai:meta-llama/Llama-3.1-8B-Instruct", "meta"),
        ("openai:mistralai/Mixtral-8x7B", "mistral"),
        ("openai:deepseek-r1-distill-qwen-7b", "deepseek"),
        ("openai:phi-4", "microsoft"),
        ("openai:philosopher", None),
        ("openai:my-own", None),
        ("rehearsal:ann", None),
    ],
)
def test_a_family_is_known_by_the_name(name: str, family: str | None) -> None:
    assert family_of(name) == family


def test_a_judge_is_partial_to_its_family_and_to_itself() -> None:
    assert own_family("openai:gpt-4.1", ["anthropic:claude-x", "openai:gpt-4o-mini"])
    assert own_family("openai:my-own", ["openai:my-own"])


def test_an_unknown_family_is_another_one() -> None:
    assert not own_family("openai:my-own", ["openai:another"])
    assert not own_family("anthropic:claude-x", ["openai:gpt-4.1"])
    assert not own_family("openai:gpt-4.1", [])
