"""How many tokens a text has: counted where the tokenizer is here, else said with a range."""

from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SAMPLE = 20_000
"""Characters that are enough to see how a tokenizer takes a text."""
WEIGHT = 20_000
"""Characters seen at work that count as much as what was believed before."""
COUNTED = 0.05
"""How far a sample of a text may be from all of it."""


class Density(NamedTuple):
    """How many characters one token has: as a rule, at least and at most."""

    likely: float
    fewest: float
    most: float
    basis: str
    """How it is known, for people."""

    def learnt(self, characters: int, tokens: int) -> "Density":
        """The same after calls with so many characters turned out to have so many tokens."""
        if not characters or not tokens:
            return self
        likely = (WEIGHT + characters) / (WEIGHT / self.likely + tokens)
        left = WEIGHT / (WEIGHT + characters)  # of the doubt there was
        return Density(
            likely,
            likely * (self.fewest / self.likely) ** left,
            likely * (self.most / self.likely) ** left,
            "the calls made so far",
        )


class Script(NamedTuple):
    """How the tokenizers in use cut texts in one kind of letters."""

    name: str
    likely: float
    fewest: float
    most: float


LATIN = Script("Latin letters", 4.2, 3.2, 5.0)
SCRIPTS = (
    LATIN,
    Script("Greek and Cyrillic letters", 2.6, 1.7, 4.0),
    Script("Hebrew and Arabic letters", 2.2, 1.2, 3.6),
    Script("letters of India and South-East Asia", 1.6, 0.6, 3.4),
    Script("Chinese, Japanese and Korean", 1.1, 0.6, 1.9),
    Script("other signs", 1.5, 0.5, 3.0),
)
"""Rules of thumb, wide enough for old tokenizers and new ones."""
_STARTS = (0, 0x370, 0x590, 0x800, 0x900, 0x1100, 0x1200, 0x1E00, 0x2E80, 0xA000, 0xAC00, 0xD800,
           0xF900, 0xFB00, 0xFF00, 0x10000, 0x20000, 0x30000)  # fmt: skip
_OF = (0, 1, 2, 2, 3, 4, 3, 0, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5)
"""Which script begins at each of these places in Unicode; punctuation counts as Latin."""


def density_of(sample: str, model_name: str | None = None) -> Density:
    """How many characters a token of texts like `sample` has.

    Args:
        sample: words of the texts that will be sent; more than `SAMPLE` are not looked at.
        model_name: a folder with the language model or its name on a hub. Where its tokenizer
            is on this machine the sample is counted with it; nothing is fetched.
    """
    sample = sample[:SAMPLE]
    tokenizer = _tokenizer(model_name) if model_name else None
    if tokenizer is not None and sample:
        tokens = len(tokenizer.encode(sample, add_special_tokens=False).ids)
        likely = len(sample) / max(tokens, 1)
        low, high = likely * (1 - COUNTED), likely * (1 + COUNTED)
        return Density(likely, low, high, "the model's own tokenizer")
    return _by_script(sample)


def _by_script(sample: str) -> Density:
    counts = Counter(SCRIPTS[_OF[bisect_right(_STARTS, ord(one)) - 1]] for one in sample)
    total = counts.total()
    if not total:
        return Density(*LATIN[1:], f"a rule of thumb for {LATIN.name}")
    most = max(counts, key=lambda script: counts[script])
    return Density(
        total / sum(count / script.likely for script, count in counts.items()),
        total / sum(count / script.fewest for script, count in counts.items()),
        total / sum(count / script.most for script, count in counts.items()),
        f"a rule of thumb for {most.name}",
    )


def _tokenizer(model_name: str) -> "Tokenizer | None":
    """The tokenizer of a language model, when it is on this machine."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return None
    file = Path(model_name) / "tokenizer.json"
    if not file.is_file():
        found = _in_the_cache(model_name)
        if found is None:
            return None
        file = found
    try:
        return Tokenizer.from_file(str(file))
    except Exception:  # noqa: BLE001 - the library raises nothing narrower; the rule of thumb is left
        return None


def _in_the_cache(model_name: str) -> Path | None:
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        return None
    try:
        found = try_to_load_from_cache(model_name, "tokenizer.json")
    except HFValidationError:  # it is no name on a hub
        return None
    return Path(found) if isinstance(found, str) else None
