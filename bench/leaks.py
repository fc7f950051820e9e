"""How many paraphrases of a held-out text the leakage check finds in the training texts."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random

from lorewright.measures import Held, leakage
from page import Section
from paraphrases import loosened, reordered, reworded, turned, verbatim

SEED = 11
FEWEST_WORDS = 40
RULES = ("long-run", "contained", "alike")
Paraphrase = Callable[[str, Random], str]
KINDS: dict[str, Paraphrase] = {
    "the same words": verbatim,
    "sentences in another order": reordered,
    "sentences and clauses in another order": turned,
    "a quarter of the listed words replaced": reworded(0.25),
    "half of the listed words replaced": reworded(0.5),
    "all listed words replaced": reworded(1.0),
    "half replaced, a quarter of neighbours swapped": loosened(0.5),
    "all replaced, half of neighbours swapped": loosened(1.0),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What the check says of one kind of paraphrase."""

    kind: str
    texts: int
    caught: int
    by_rule: Counter[str]
    kept_words: float
    """The mean share of neighbouring pairs of words that stand in the original too."""

    def shown(self) -> list[str]:
        """The row as the page has it."""
        rules = (f"{self.by_rule[rule] / self.texts:.0%}" for rule in RULES)
        return [self.kind, f"{self.kept_words:.0%}", f"{self.caught / self.texts:.0%}", *rules]


def measure() -> Section:
    """Hide a paraphrase of each paragraph among all others, and look for it."""
    texts = paragraphs()
    rows = [of_kind(kind, paraphrase, texts) for kind, paraphrase in KINDS.items()]
    strangers = of_strangers(texts)
    return Section(
        title="Leaks that are paraphrased",
        about=(
            f"{len(texts)} paragraphs of the sample handbook of at least {FEWEST_WORDS} words. "
            "Each is held out once, and a paraphrase of it stands among the other paragraphs, "
            "which are trained on. *Pairs kept* is the share of its pairs of neighbouring words "
            "that stand in the original too; the last columns say which rule finds how many. "
            "Where whole sentences are said anew, as a language model would say them, the check "
            "is blind: keep scenarios and training data apart by their source as well. The "
            "paraphrases are made by rule, seeded, with a list of words. Of paragraphs without "
            "a paraphrase of them "
            f"{strangers.caught} of {strangers.texts} are called a leak."
        ),
        columns=["paraphrase", "pairs kept", "found", *RULES],
        rows=[row.shown() for row in rows],
    )


def paragraphs() -> list[str]:
    """Paragraphs of prose from the sample handbook."""
    book = resources.files("lorewright.samples").joinpath("handbook.md").read_text("utf-8")
    blocks = (" ".join(block.split()) for block in book.split("\n\n"))
    return [
        block
        for block in blocks
        if block[:1].isalpha() and len(block.split()) >= FEWEST_WORDS and "|" not in block
    ]


def of_kind(kind: str, paraphrase: Paraphrase, texts: Sequence[str]) -> Found:
    """Hide one paraphrase at a time."""
    random = Random(SEED)
    by_rule: Counter[str] = Counter()
    caught, kept = 0, 0.0
    for at, text in enumerate(texts):
        said = paraphrase(text, random)
        kept += _kept(text, said)
        trained = [Held(f"other {place}", (one,)) for place, one in enumerate(texts) if place != at]
        trained.insert(at, Held("paraphrase", (said,)))
        rules = {leak.rule for leak in leakage([Held("held out", (text,))], trained)}
        by_rule.update(rules)
        caught += bool(rules)
    return Found(kind, len(texts), caught, by_rule, kept / len(texts))


def of_strangers(texts: Sequence[str]) -> Found:
    """The same without any paraphrase: what is found here is no leak."""
    caught = 0
    by_rule: Counter[str] = Counter()
    for at, text in enumerate(texts):
        others = [Held(f"other {place}", (one,)) for place, one in enumerate(texts) if place != at]
        rules = {leak.rule for leak in leakage([Held("held out", (text,))], others)}
        by_rule.update(rules)
        caught += bool(rules)
    return Found("none", len(texts), caught, by_rule, 0.0)


def _kept(original: str, said: str) -> float:
    pairs = _pairs(said)
    return len(pairs & _pairs(original)) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> set[tuple[str, str]]:
    words = [word.strip(".,;:!?()").lower() for word in text.split()]
    return set(itertools.pairwise(words))
