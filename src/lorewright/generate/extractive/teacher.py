"""The extractive teacher: reads a stretch of a document and asks what its words answer."""

from collections.abc import Iterator, Sequence

from lorewright.generate.extractive.across import Treated, across_sections
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.forms.asked_already import natural_question
from lorewright.generate.extractive.forms.section import about_heading
from lorewright.generate.extractive.language import is_english
from lorewright.generate.extractive.lists import procedure
from lorewright.generate.extractive.parts import Listing, Prose, parts
from lorewright.generate.extractive.passages import Passage, Sentence, passages
from lorewright.generate.extractive.proposals import Desk, Proposal
from lorewright.generate.extractive.rules import RULES
from lorewright.generate.extractive.sound import settled
from lorewright.generate.extractive.topics import topic_of
from lorewright.lineage import Ref
from lorewright.records import Chunk, Document, Example, Rejection, Section
from lorewright.settings import GenerationSettings


class ExtractiveTeacher:
    """Proposes pairs by rules alone; every answer is a slice of the document, word for word.

    It needs no language model and no network, is for English, and cannot make level 4, which
    asks for knowledge that is not in the text.
    """

    name = "extractive"
    version = "3"
    levels = frozenset({1, 2, 3})

    def propose(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        *,
        settings: GenerationSettings,
        recipe: Ref,
    ) -> Iterator[Example | Rejection]:
        """Propose pairs from the stretch of `document` that `chunks` cover."""
        if not chunks:
            return
        desk = Desk(document, chunks, settings, recipe, teacher=f"{self.name}/{self.version}")
        start, end = min(chunk.start for chunk in chunks), max(chunk.end for chunk in chunks)
        if not is_english(document.words[start:end]):
            yield from desk.turn_away_language()
            return
        treated: list[Treated] = []
        for part in parts(document, start, end):
            context = _context(document, part.section)
            if isinstance(part, Listing):
                yield from _from_list(part, context, desk)
            else:
                yield from _from_prose(part, context, desk, treated)
        for joint in across_sections(treated):
            draft = Draft("across_sections", joint.question, level=3)
            yield from desk.decide(
                [Proposal(draft, tuple((p.start, p.end) for p in joint.passages))]
            )


def _context(document: Document, section: Section) -> Context:
    return Context(document.words, document.author, section.heading, document.title)


def _from_list(listing: Listing, context: Context, desk: Desk) -> Iterator[Example | Rejection]:
    span = ((listing.start, listing.end),)
    yield from desk.decide([Proposal(draft, span) for draft in procedure(listing, context)])


def _from_prose(
    prose: Prose, context: Context, desk: Desk, treated: list[Treated]
) -> Iterator[Example | Rejection]:
    for cut in passages(context.text, prose.sentences):
        if isinstance(cut, Sentence):
            yield from _leaning(cut, context, desk)
            continue
        piece = settled(cut)
        if piece is None:
            continue
        of_heading = list(about_heading(piece, context, turn=desk.times_asked(prose.section)))
        if of_heading:
            desk.heading_taken_up(prose.section)
        of_itself = [draft for rule in RULES for draft in rule(piece, context)]
        # The first wording under a heading comes before, the request after what is more precise.
        drafts = of_heading[:1] + of_itself + of_heading[1:]
        span = ((piece.start, piece.end),)
        yield from desk.decide([Proposal(draft, span) for draft in drafts])
        topic = topic_of(piece, context)
        if topic is not None and not topic.is_wide:
            treated.append(Treated(topic.words, piece, context))
    yield from _questions_of_the_text(prose, context, desk)


def _leaning(sentence: Sentence, context: Context, desk: Desk) -> Iterator[Rejection]:
    """What the rules would have asked of a sentence that cannot be understood by itself."""
    alone = Passage((sentence,))
    for rule in RULES:
        for draft in rule(alone, context):
            yield desk.turn_down(
                Proposal(draft, ((sentence.start, sentence.end),)),
                "dangling_start",
                "the answer would begin with words that lean on what stands before it",
            )
            return


def _questions_of_the_text(
    prose: Prose, context: Context, desk: Desk
) -> Iterator[Example | Rejection]:
    for i, sentence in enumerate(prose.sentences[:-1]):
        if not sentence.is_question or prose.sentences[i + 1].is_question:
            continue
        answer = settled(_answer_after(prose.sentences, i + 1))
        if answer is None:
            continue
        drafts = natural_question(sentence, answer, context)
        yield from desk.decide([Proposal(draft, ((answer.start, answer.end),)) for draft in drafts])


def _answer_after(sentences: Sequence[Sentence], at: int) -> Passage:
    """The sentences from `at` on, up to the next question and to about sixty words."""
    end, words = at, 0
    while end < len(sentences) and not sentences[end].is_question and words < 60:
        words += sentences[end].words
        end += 1
    return Passage(tuple(sentences[at:end]))
