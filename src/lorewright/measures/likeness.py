"""How alike texts are by their characters; imported only when asked, since it loads numpy.

TF-IDF over runs of three to five characters. The features are hashed, so a text may be compared
that was not there when the weights were found: what is new in it has the greatest weight, rather
than none, which would make it look more alike than it is.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from lorewright.errors import MissingExtra

Floats: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

SIZES = (3, 5)
_FEATURES = 2**20


class Likeness:
    """Compares texts, with the weights that some of them give.

    Args:
        texts: those that the weights are found from.

    Raises:
        MissingExtra: when scikit-learn is not installed.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        try:
            text: Any = import_module("sklearn.feature_extraction.text")
        except ModuleNotFoundError as error:
            raise MissingExtra(
                f"comparing texts needs {error.name}", hint='pip install "lorewright[prove]"'
            ) from error
        self._counts = text.HashingVectorizer(
            analyzer="char",
            preprocessor=_framed,
            ngram_range=SIZES,
            n_features=_FEATURES,
            alternate_sign=False,
            norm=None,
        )
        self._weights = text.TfidfTransformer()
        self._weights.fit(self._counts.transform(texts))

    def vectors(self, texts: Sequence[str]) -> Any:
        """The texts as rows of length 1, in a sparse matrix."""
        return self._weights.transform(self._counts.transform(texts))


def _framed(text: str) -> str:
    """A text with a mark at both ends, so that one of a single letter has features too."""
    return f"\x02 {text.lower()} \x03"


def kernel(texts: Sequence[str]) -> Floats:
    """The cosine of every text with every other; that of a text with itself is 1."""
    if not texts:
        return np.zeros((0, 0))
    rows = Likeness(texts).vectors(texts)
    found: Floats = np.asarray((rows @ rows.T).toarray(), dtype=np.float64)
    np.fill_diagonal(found, 1.0)
    return np.clip(found, 0.0, 1.0)


class Nearest:
    """Finds for each watched text the most alike of those that are read.

    The weights are found from the watched texts and the first that are read. Memory grows with
    the watched texts.
    """

    def __init__(self, watched: Sequence[str]) -> None:
        self._watched = watched
        self._likeness: Likeness | None = None
        self._rows: Any = None
        self.best = [0.0] * len(watched)
        """The largest cosine of each so far."""
        self.labels = [""] * len(watched)
        """The label of the text that has it."""

    def read(self, labelled: Sequence[tuple[str, str]]) -> None:
        """Compare some more texts, each with its label; the first of equals stays."""
        if not labelled or not self._watched:
            return
        texts = [text for _, text in labelled]
        if self._likeness is None:
            self._likeness = Likeness([*self._watched, *texts])
            self._rows = self._likeness.vectors(self._watched)
        cosines: Floats = np.asarray((self._rows @ self._likeness.vectors(texts).T).toarray())
        nearest: list[int] = cosines.argmax(axis=1).tolist()
        for at, column in enumerate(nearest):
            cosine = min(1.0, float(cosines[at, column]))
            if cosine > self.best[at]:
                self.best[at], self.labels[at] = cosine, labelled[column][0]
