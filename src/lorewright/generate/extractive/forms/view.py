"""What the author says about something: the passage's own subject, named."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Clause, clause
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.headings import HeadingKind, read_heading
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import is_finite_verb
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.theme import is_askable, is_name
from lorewright.generate.extractive.topics import Topic, topic_of
from lorewright.generate.extractive.verbs import infinitive
from lorewright.generate.extractive.words import BE, word_set

_LEAST_WORDS = 20


def view(passage: Passage, context: Context) -> Iterator[Draft]:
    """*What does the author say about open windows?*."""
    topic = topic_of(passage, context)
    if topic is None or passage.words < _LEAST_WORDS:
        return
    if _is_somebody(passage, topic):
        return
    if topic.is_wide:
        yield from _placed(topic.words, context)
        return
    found = clause(passage.first.tokens)
    named = (
        found is not None and found.phrase is not None and context.mid(found.subject) == topic.words
    )
    if found is not None and named and not topic.is_deed:
        special = _conduct(found, topic.words, context) or _description(found, topic.words, context)
        if special is not None:
            yield special
            return
    is_name = topic.words[0].isupper() and passage.first.tokens[0].tag == "NNP"
    kind = "view.verb" if topic.is_deed else "view.name" if is_name else "view.noun"
    yield Draft("view", asked(kind, context, topic=topic.words), level=2)


def told_about(topic: str, passage: Passage, context: Context) -> Draft:
    """A request; it names the author when the answer says *I*."""
    if passage.lower_words & {"i", "my", "me"}:
        return Draft("told", asked("told.by", context, topic=topic), level=2)
    return Draft("told", f"Tell me about {topic}.")


def _is_person(topic: Topic) -> bool:
    return any(word in word_set("nouns", "persons") for word in topic.words.lower().split())


def _is_somebody(passage: Passage, topic: Topic) -> bool:
    """*A clever physician has said …*, *Ada closed the door*: part of a tale, and no subject."""
    words = topic.words.lower().split()
    verb = next((t for t in passage.first.tokens if is_finite_verb(t)), None)
    if len(words) == 1 and verb is not None and verb.tag == "VBD":
        return True
    if _is_person(topic) and len(words) <= 2:
        return True  # "a nurse", "young men": too many passages are about them
    if words[0] not in {"a", "an"} or not _is_person(topic) or "who" in words:
        return False
    return verb is not None and (verb.lower in {"has", "had"} or verb.tag == "VBD")


def _placed(topic: str, context: Context) -> Iterator[Draft]:
    heading = read_heading(context.heading, context.vocabulary)
    if (
        heading is not None
        and heading.kind is not HeadingKind.QUESTION
        and len(heading.quoted.split()) <= 8
    ):
        question = asked("view.placed", context, topic=topic, heading=heading.quoted)
        yield Draft("view", question, level=2)


def told(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Open windows …* asks to be told about open windows."""
    topic = topic_of(passage, context)
    if topic is None or _is_somebody(passage, topic) or _is_person(topic):
        return
    if not topic.is_wide and passage.words >= _LEAST_WORDS:
        yield told_about(topic.words, passage, context)


def _conduct(found: Clause, topic: str, context: Context) -> Draft | None:
    """*A careful nurse will …* asks what the author expects of a careful nurse."""
    is_person = any(token.lower in word_set("nouns", "persons") for token in found.subject)
    described = any(token.tag.startswith("JJ") for token in found.subject)
    if is_person and described and found.verb.lower in {"will", "should", "must", "ought"}:
        kind = "conduct.not" if found.is_negative else "conduct.do"
        return Draft("conduct", asked(kind, context, topic=topic), level=2)
    return None


def _description(found: Clause, topic: str, context: Context) -> Draft | None:
    """*Coffee is a better …* asks how the author describes coffee."""
    if found.verb.lower not in {"is", "are"} or found.is_negative or not found.rest:
        return None
    opens = next((t for t in found.rest if t.tag != "RB"), found.rest[0])
    if (opens.tag.startswith("JJ") and not opens.lower.endswith("ed")) or opens.lower in {
        "a",
        "an",
        "the",
        "one",
        "another",
    }:
        return Draft("description", asked("description.noun", context, topic=topic), level=2)
    return None


def effect(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Damp air ruins books …* asks what effect damp air has."""
    for sentence in passage.sentences[:2]:
        found = clause(sentence.tokens)
        if found is None or found.phrase is None or found.is_negative or len(found.tokens) < 6:
            continue
        if not is_specific(found.subject):
            continue
        if found.verb.lower in BE or not _acts(found):
            continue
        if any(token.lower in word_set("nouns", "persons") for token in found.subject):
            continue
        if is_name(found.subject, context) or not is_askable(found.subject, context):
            continue
        do = "do" if found.is_plural else "does"
        yield Draft("effect", f"What effect {do} {context.mid(found.subject)} have?")
        return


def _acts(found: Clause) -> bool:
    verb = found.verb
    if verb.lower in {"will", "may", "can"}:
        verb = next((t for t in found.rest[:3] if t.tag.startswith("VB")), verb)
        base = verb.lower
    else:
        base = infinitive(verb.text, "VBP" if verb.tag == "VB" else verb.tag) or ""
    return base in word_set("verbs", "acting")
