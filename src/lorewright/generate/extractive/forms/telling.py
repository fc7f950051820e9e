"""Stories, examples, sayings and figures."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Clause, Tokens, clause, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import base_phrase, full_phrase, is_finite_verb
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.topics import mentioned, topic_of
from lorewright.generate.extractive.verbs import infinitive
from lorewright.generate.extractive.words import BE, word_set

_MET = frozenset({"knew", "know", "known", "saw", "seen", "met", "remember", "recollect", "recall"})


def story(passage: Passage, context: Context) -> Iterator[Draft]:
    """*I once knew a potter who …* asks for the story about a potter who …."""
    tokens = passage.first.tokens
    person = _met_person(tokens) or _acting_person(passage)
    if person is None or passage.words < 40:
        return
    past = sum(t.tag == "VBD" for s in passage.sentences for t in s.tokens)
    kind = "story.about" if past >= 4 else "story.habit"
    yield Draft("story", asked(kind, context, topic=context.mid(person)), level=2)


def _met_person(tokens: Tokens) -> Tokens | None:
    lowers = [token.lower for token in tokens[:6]]
    if lowers[:1] != ["i"]:
        return None
    at = next((i for i in range(1, min(5, len(tokens))) if lowers[i] in _MET), 0)
    return _described(tokens, at + 1) if at else None


def _acting_person(passage: Passage) -> Tokens | None:
    tokens = passage.first.tokens
    past = sum(t.tag == "VBD" for s in passage.sentences for t in s.tokens)
    present = sum(t.tag in {"VBZ", "VBP", "MD"} for s in passage.sentences for t in s.tokens)
    if past < 3 or past <= present or not tokens:
        return None
    if tokens[0].lower in {"a", "an", "two", "three"}:
        person = _described(tokens, 0)
        return (
            person if person and is_finite_verb(tokens[min(len(tokens) - 1, len(person))]) else None
        )
    phrase = base_phrase(tokens, 0)
    if (
        phrase
        and tokens[phrase.head].tag == "NNP"
        and phrase.end - phrase.start >= 2
        and tokens[phrase.end].tag == "VBD"
    ):
        return tokens[: phrase.end]
    return None


def _described(tokens: Tokens, at: int) -> Tokens | None:
    """*A gentleman of means who had lost his way*, up to the next comma."""
    phrase = full_phrase(tokens, at, longest=9)
    if (
        phrase is None
        or phrase.end >= len(tokens)
        or _may_be_verb(tokens, phrase.end)
        or tokens[at].lower not in {"a", "an", "two", "three", "one", "several"}
    ):
        return None
    end = phrase.end
    if end < len(tokens) and tokens[end].lower in {"who", "whose", "that"}:
        stop = next(
            (
                i
                for i in range(end, len(tokens))
                if not tokens[i].is_word
                or tokens[i].lower in {"and", "because", "but", "so", "when", "if"}
            ),
            end,
        )
        if stop - end <= 12 and stop - end >= 3:
            return tokens[at:stop]
    return tokens[at:end] if end - at >= 2 else None


def experience(passage: Passage, context: Context) -> Iterator[Draft]:
    """*I have often seen …* asks what the author has seen."""
    lowers = [token.lower for token in passage.first.tokens[:6]]
    if lowers[:2] != ["i", "have"] or not any(
        word in _MET | {"met", "found", "heard"} for word in lowers
    ):
        return
    topic = mentioned(passage, context)
    if topic is not None:
        yield Draft("experience", asked("experience.of", context, topic=topic.words), level=2)


def _may_be_verb(tokens: Tokens, end: int) -> bool:
    """*A patient fall flat*: the last noun is a verb when nothing that follows a noun follows."""
    after = tokens[end]
    follows_noun = after.tag in {
        "VBD",
        "VBZ",
        "VBP",
        "MD",
        "VBG",
        "VBN",
        "WP",
        "WDT",
        "IN",
        "CC",
        "TO",
        "WP$",
    }
    return (
        not follows_noun
        and after.text not in {",", ".", ";", "--"}
        and after.lower not in {"who", "that", "whose"}
    )


def example(passage: Passage, context: Context) -> Iterator[Draft]:
    """A passage with *for example* asks for an example of its subject."""
    later = " ".join(s.text.lower() for s in passage.sentences[1:])
    if not any(cue in later for cue in ("for example", "for instance", "e.g.", "as an instance")):
        return
    topic = topic_of(passage, context)
    if topic is not None and topic.is_subject and not topic.is_wide:
        yield Draft("example", asked("example.of", context, topic=topic.words), level=2)


def meaning(passage: Passage, context: Context) -> Iterator[Draft]:
    """A short saying that the next sentences unfold asks what is meant by it."""
    first = passage.first
    if (
        len(passage.sentences) < 2
        or not 4 <= first.words <= 11
        or passage.words < 30
        or not first.text.endswith(".")
    ):
        return
    found = clause(first.tokens)
    if found is None or not is_smooth(found.tokens, commas=0) or not _is_claim(found):
        return
    if found.subject[0].lower in {"there", "it", "they", "he", "she"}:
        return
    if passage.sentences[1].tokens[0].lower not in _UNFOLDS:
        return
    yield Draft(
        "meaning", asked("meaning.saying", context, claim=context.mid(found.tokens)), level=2
    )


def _is_claim(found: Clause) -> bool:
    """A present statement that is no definition and counts nothing that is still to come."""
    if found.verb.tag == "VBD" or found.subject[0].tag == "CD":
        return False
    if any(t.lower in _NOT_IN_CLAIMS for t in found.tokens):
        return False
    is_definition = found.verb.lower in BE and found.rest[0].lower in {"a", "an", "one", "another"}
    return not is_definition


_UNFOLDS = frozenset(
    {"it", "this", "they", "that", "these", "in", "by", "for", "he", "she", "such", "if", "when"}
)
_NOT_IN_CLAIMS = word_set("claims", "excluded")

_SUPPORT = (
    "for example",
    "for instance",
    "statistics",
    "per cent",
    "percent",
    "found that",
    "showed that",
    "study",
    "studies",
    "trial",
    "survey",
    "experiment",
    "reviewed",
)


def support(passage: Passage, context: Context) -> Iterator[Draft]:
    """A claim followed by grounds asks for the grounds."""
    later = " ".join(s.text.lower() for s in passage.sentences[1:])
    if not any(cue in later for cue in _SUPPORT):
        return
    found = clause(passage.first.tokens)
    if found is None or found.verb.lower in {"should", "must"} or not _is_claim(found):
        return
    if (
        5 <= len(found.tokens) <= 20
        and is_smooth(found.tokens)
        and found.subject[0].lower not in {"it", "they", "there"}
    ):
        yield Draft(
            "support", asked("support.claim", context, claim=context.mid(found.tokens)), level=2
        )


def figure(passage: Passage, context: Context) -> Iterator[Draft]:
    """*The load weighs forty tons* asks how many tons the load weighs."""
    for sentence in passage.sentences:
        found = clause(sentence.tokens)
        if found is None or found.phrase is None or len(found.tokens) > _LONGEST_FIGURE:
            continue
        if is_specific(found.subject) and (question := _how_many(found, context)) is not None:
            yield Draft("figure", question)
            return


_LONGEST_FIGURE = 20
_ABOUT_SO_MANY = frozenset({"about", "nearly", "over", "only", "at", "least", "some"})


def _how_many(found: Clause, context: Context) -> str | None:
    rest = trimmed(found.rest)
    at = next((i for i, t in enumerate(rest[:3]) if t.tag == "CD" and t.lower != "one"), None)
    if at is None or not is_smooth(rest, commas=0):
        return None
    noun = base_phrase(rest, at + 1)
    base = infinitive(found.verb.text, found.verb.tag)
    if noun is None or not noun.is_plural or base is None or found.verb.lower in BE:
        return None
    if any(token.lower not in _ABOUT_SO_MANY for token in rest[:at]):
        return None
    unit, subject = context.words(rest[at + 1 : noun.end]), context.mid(found.subject)
    tail = f" {context.words(rest[noun.end :])}" if rest[noun.end :] else ""
    do = "did" if found.verb.tag == "VBD" else "do" if found.is_plural else "does"
    return f"How many {unit} {do} {subject} {base}{tail}?"
