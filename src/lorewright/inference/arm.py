"""One contender of a comparison: a base model, alone or with an adapter."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import OutsideError
from lorewright.inference.answering import Answer, answer_together
from lorewright.inference.chat_tokenizer import ChatTokenizer, Sample
from lorewright.inference.libraries import library, quiet_library
from lorewright.inference.weights import answer_logits, open_weights
from lorewright.records import Turn


class Score(NamedTuple):
    """How likely one answer is."""

    tokens: int
    """Of the answer, with the token that ends it."""
    log_likelihood: float
    """Nats, summed over these tokens; at most 0."""


class Arm:
    """A base model, alone or with an adapter, ready to be asked. Made by `open_arm`."""

    def __init__(self, network: Any, tokenizer: ChatTokenizer) -> None:
        self._network = network
        self._tokenizer = tokenizer

    def log_likelihoods(
        self, conversations: Sequence[Sequence[Turn]], *, batch: int = 32
    ) -> list[Score]:
        """Score the last answer of each conversation, given everything before it.

        Template, tokens and masks are those of training.

        Args:
            conversations: each ends with the assistant's turn.
            batch: how many are asked at once; it changes the time, not the scores beyond
                rounding.

        Returns:
            One score per conversation, in their order.

        Raises:
            BadMask: when a conversation cannot be masked exactly.
        """
        samples = [
            self._tokenizer.last_answer(f"conversation {number}", turns)
            for number, turns in enumerate(conversations, start=1)
        ]
        return self._in_batches(samples, batch)

    def text_log_likelihoods(
        self, text: str, *, width: int, most: int, batch: int = 8
    ) -> list[Score]:
        """Score plain text in windows, as it stands in a book and in no conversation.

        Args:
            text: what is scored.
            width: tokens of a window.
            most: how many windows are scored; of more, as many that lie evenly in the text.
            batch: how many are asked at once.

        Returns:
            One score per window, in the order of the text.
        """
        windows = list(self._tokenizer.windows(text, width))
        if len(windows) > most:
            windows = [windows[at * len(windows) // most] for at in range(most)]
        return self._in_batches(windows, batch)

    def _in_batches(self, samples: Sequence[Sample], batch: int) -> list[Score]:
        # Alike lengths together, so that little is padded.
        order = sorted(range(len(samples)), key=lambda index: len(samples[index].ids))
        scores = [Score(0, 0.0)] * len(samples)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            found = self._scores([samples[index] for index in chosen])
            for index, score in zip(chosen, found, strict=True):
                scores[index] = score
        return scores

    def generate(self, turns: Sequence[Turn], *, max_new_tokens: int = 200) -> str:
        """Answer `turns` with the likeliest token at every step.

        Args:
            turns: a conversation that ends with the user's turn.
            max_new_tokens: where an answer is cut that does not end by itself.
        """
        torch = library("torch")
        prompt = self._tokenizer.prompt_ids(turns)
        ids = torch.tensor([prompt], device=self._network.device)
        stop = self._tokenizer.stop_ids
        with torch.inference_mode():
            written = self._network.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=max_new_tokens,
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                eos_token_id=stop,
                pad_token_id=stop[0],
            )
        return self._tokenizer.text(written[0, len(prompt) :].tolist())

    def answers(
        self,
        conversations: Sequence[Sequence[Turn]],
        *,
        tokens: int = 400,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Answer]:
        """Answer conversations together, each with how it ended; see `answer_together`."""
        return answer_together(
            self._network,
            self._tokenizer,
            conversations,
            tokens=tokens,
            temperature=temperature,
            seed=seed,
        )

    def _scores(self, samples: Sequence[Sample]) -> list[Score]:
        torch = library("torch")
        with torch.inference_mode():
            logits, targets, rows = answer_logits(self._network, samples)
            losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
            sums = torch.zeros(len(samples), dtype=torch.float64, device=losses.device)
            sums.index_add_(0, rows, losses.double())
        counts = torch.bincount(rows, minlength=len(samples)).tolist()
        return [Score(count, -total) for count, total in zip(counts, sums.tolist(), strict=True)]


def open_arm(base_folder: Path, adapter_folder: Path | None = None, *, threads: int = 2) -> Arm:
    """Load a base model, and what was trained on it when that is named.

    Args:
        base_folder: config, tokenizer with chat template, and safetensors weights.
        adapter_folder: adapter_config.json and adapter_model.safetensors, or the whole weights
            of a base that was trained itself; None for the base alone.
        threads: how many CPU threads torch uses, in the whole process.

    Raises:
        BadMask: when the tokenizer has no chat template.
        OutsideError: when a folder cannot be loaded.
        MissingExtra: when a training library is not installed.
    """
    library("torch").set_num_threads(threads)
    tokenizer = ChatTokenizer.open(base_folder)
    return Arm(_network(base_folder, adapter_folder).eval(), tokenizer)


def _network(base_folder: Path, adapter_folder: Path | None) -> Any:
    if adapter_folder is None:
        return open_weights(base_folder)
    if (
        not (adapter_folder / "adapter_config.json").exists()
        and (adapter_folder / "config.json").exists()
    ):
        return open_weights(adapter_folder)
    return _with_adapter(open_weights(base_folder), adapter_folder)


def _with_adapter(network: Any, folder: Path) -> Any:
    peft = library("peft")
    try:
        with quiet_library():
            return peft.PeftModel.from_pretrained(network, str(folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise OutsideError(
            f"the adapter cannot be loaded: {error}",
            where=str(folder),
            hint="an adapter fits only the base model that it was trained on",
        ) from error
