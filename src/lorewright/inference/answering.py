"""Many conversations answered together: padded on the left, cut at a limit, nothing lost."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from lorewright.inference.chat_tokenizer import ChatTokenizer
from lorewright.inference.libraries import library
from lorewright.records import Turn


class Answer(NamedTuple):
    """What was said to one conversation, or why nothing was."""

    text: str | None
    """None where it failed."""
    tokens: int
    """Of the answer, with the token that ends it."""
    stop: Literal["end", "length", "failed"]
    """`length` where it was cut at the limit."""
    failure: str | None = None


def answer_together(
    network: Any,
    tokenizer: ChatTokenizer,
    conversations: Sequence[Sequence[Turn]],
    *,
    tokens: int,
    temperature: float,
    seed: int,
) -> list[Answer]:
    """Answer each conversation, all in one batch where the context has room for all.

    Args:
        network: a transformers module for causal language modelling.
        tokenizer: that of its base.
        conversations: each ends with the user's turn.
        tokens: where an answer is cut that does not end by itself.
        temperature: 0 takes the likeliest token at every step.
        seed: decides what a temperature above 0 draws; nothing else in the process is moved.

    Returns:
        One answer for each, in their order. A conversation that does not fit into the context,
        and one for which the weights give what is no number, has failed and says so.
    """
    prompts = [tokenizer.prompt_ids(turns) for turns in conversations]
    found: list[Answer | None] = [None] * len(prompts)
    for places, room in _batches(prompts, _context(network), tokens):
        if room < 1:
            found[places[0]] = _failed(
                f"the conversation has {len(prompts[places[0]]):,} tokens, which leaves no room "
                f"in a context of {_context(network):,}"
            )
            continue
        answers = _generated(
            network,
            tokenizer,
            [prompts[place] for place in places],
            tokens=room,
            temperature=temperature,
            seed=seed,
        )
        for place, one in zip(places, answers, strict=True):
            found[place] = one
    return [one for one in found if one is not None]


def _batches(
    prompts: Sequence[Sequence[int]], context: int | None, tokens: int
) -> Iterator[tuple[list[int], int]]:
    """Places that are answered together, with the tokens there is room for.

    What would run out of context goes alone, so that nobody else is cut with it.
    """
    roomy = [
        place
        for place, ids in enumerate(prompts)
        if context is None or len(ids) + tokens <= context
    ]
    if roomy:
        yield roomy, tokens
    for place in sorted(set(range(len(prompts))) - set(roomy)):
        yield [place], (context or 0) - len(prompts[place])


def _context(network: Any) -> int | None:
    limit = getattr(network.config, "max_position_embeddings", None)
    return limit if isinstance(limit, int) and limit > 0 else None


def _generated(
    network: Any,
    tokenizer: ChatTokenizer,
    prompts: Sequence[Sequence[int]],
    *,
    tokens: int,
    temperature: float,
    seed: int,
) -> list[Answer]:
    torch = library("torch")
    stop = tokenizer.stop_ids
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), stop[0], dtype=torch.long)
    mask = torch.zeros((len(prompts), width), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        mask[row, width - len(prompt) :] = 1
    watching = _NoNumbers()
    drawing: dict[str, Any] = (
        {"do_sample": True, "temperature": temperature, "top_p": 1.0, "top_k": 0}
        if temperature
        else {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    )
    with torch.inference_mode(), torch.random.fork_rng():
        torch.manual_seed(seed)
        written = network.generate(
            input_ids=ids.to(network.device),
            attention_mask=mask.to(network.device),
            max_new_tokens=tokens,
            eos_token_id=stop,
            pad_token_id=stop[0],
            logits_processor=[watching],
            **drawing,
        )
    return [
        _failed("the weights give what is no number")
        if row in watching.rows
        else _answer(tokenizer, own[width:], stop)
        for row, own in enumerate(written.tolist())
    ]


def _answer(tokenizer: ChatTokenizer, ids: Sequence[int], stop: Sequence[int]) -> Answer:
    end = next((place for place, number in enumerate(ids) if number in stop), None)
    if end is None:
        return Answer(tokenizer.text(ids), len(ids), "length")
    return Answer(tokenizer.text(ids[:end]), end + 1, "end")


def _failed(why: str) -> Answer:
    return Answer(None, 0, "failed", why)


class _NoNumbers:
    """Notices rows whose logits are no numbers, and lets the others go on."""

    def __init__(self) -> None:
        self.rows = set[int]()

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        del input_ids
        torch = library("torch")
        off = torch.isnan(scores).any(dim=-1) | torch.isposinf(scores).any(dim=-1)
        if bool(off.any()):
            self.rows.update(off.nonzero()[:, 0].tolist())
            scores = torch.where(off.unsqueeze(-1), torch.zeros_like(scores), scores)
        return scores
