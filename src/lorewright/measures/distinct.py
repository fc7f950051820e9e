"""How varied the wording of a set of texts is."""

from collections.abc import Iterable

from lorewright.similarity import words


def distinct(texts: Iterable[str], size: int) -> float | None:
    """Distinct-n: different runs of `size` words as a share of all such runs, 0 to 1.

    After Li, Galley, Brockett, Gao and Dolan, *A Diversity-Promoting Objective Function for
    Neural Conversation Models* (NAACL 2016), section 5.2, over the set as a whole; no run
    crosses from one text into the next. The measure falls as a set grows, since a language
    has only so many words: compare sets of about the same size.

    Args:
        texts: the set.
        size: how many words make a run; 1 and 2 are usual.

    Returns:
        None when no text has so many words.
    """
    total = 0
    seen: set[int] = set()
    for text in texts:
        found = words(text)
        runs = [hash(tuple(found[at : at + size])) for at in range(len(found) - size + 1)]
        total += len(runs)
        seen.update(runs)
    return len(seen) / total if total else None
