"""Runs of words that two texts may have in common."""

from lorewright.similarity.words import words

LEAK_WORDS = 8
"""Two questions that share a run of this many words are not independent of each other."""


def ngrams(text: str, n: int = LEAK_WORDS, *, whole: bool = True) -> set[str]:
    """Every run of `n` words of `text`, case and punctuation set aside.

    Args:
        text: anything.
        n: the length of a run in words.
        whole: whether a text of fewer words counts as one run, so that a short question is
            still found to be the same as another; otherwise it has none.
    """
    found = words(text)
    if len(found) < n:
        return {" ".join(found)} if whole and found else set()
    return {" ".join(found[at : at + n]) for at in range(len(found) - n + 1)}


def shares_ngram(one: str, other: str, n: int = LEAK_WORDS) -> bool:
    """Whether a run of `n` words stands in both texts, or both are the same shorter text."""
    return not ngrams(one, n).isdisjoint(ngrams(other, n))
