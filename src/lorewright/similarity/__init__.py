"""How alike two texts are: the same words, nearly the same words, a run of words in common."""

from lorewright.similarity.locating import Located, locate
from lorewright.similarity.near_duplicates import Twin, near_duplicates
from lorewright.similarity.ngrams import ngrams, shares_ngram
from lorewright.similarity.overlaps import Overlaps
from lorewright.similarity.shingles import jaccard, shingles
from lorewright.similarity.words import exact_digest, normalised, words

__all__ = [
    "Located",
    "Overlaps",
    "Twin",
    "exact_digest",
    "jaccard",
    "locate",
    "near_duplicates",
    "ngrams",
    "normalised",
    "shares_ngram",
    "shingles",
    "words",
]
