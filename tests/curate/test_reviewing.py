"""What reviewers decided is heeded first, and counted with its reason."""

from curate.builders import an_example
from lorewright.curate import Curation, Opinions, curate
from lorewright.lineage import Ref
from lorewright.records import Decision, Example, Person, Review, Standing, Verb
from lorewright.settings import CurationSettings

EXAMPLES = [
    an_example(f"What is said of {thing}?", f"Of {thing} it is said that it is good for you.")
    for thing in ("oats", "barley", "millet")
]
VERBS = {
    Standing.ACCEPTED: Verb.ACCEPT,
    Standing.REJECTED: Verb.REJECT,
    Standing.EDITED: Verb.EDIT,
}


def decided(example: Example, standing: Standing, *, why: str = "x") -> Review:
    by = Person(name="Ada").ref
    return Review(
        standing,
        Decision(
            about=example.ref,
            verb=VERBS[standing],
            value=example.ref if standing is Standing.EDITED else None,
            why=why,
            by=by,
            at="2030-01-02T03:04:05Z",
            made_from=(example.ref, by),
        ),
    )


def curated(reviews: dict[Ref, Review], *, require_review: bool = False) -> Curation:
    settings = CurationSettings(require_review=require_review)
    return curate(EXAMPLES, documents={}, settings=settings, opinions=Opinions(reviews))


def test_what_a_reviewer_rejects_stays_out_and_the_reviewers_words_stay_in_the_decision() -> None:
    rejected = decided(EXAMPLES[0], Standing.REJECTED, why="porridge all over the place")

    found = curated({EXAMPLES[0].ref: rejected})

    turned_down = found.turned_down[EXAMPLES[0].ref]
    assert rejected.decision is not None
    assert turned_down.reason == "reviewer"
    assert rejected.decision.ref.short in turned_down.detail
    assert "porridge" not in turned_down.detail
    assert found.requested == found.accepted + 1 == 3


def test_what_nobody_has_read_goes_in_unless_reading_is_required() -> None:
    reviews = {
        EXAMPLES[0].ref: decided(EXAMPLES[0], Standing.ACCEPTED),
        EXAMPLES[1].ref: decided(EXAMPLES[1], Standing.EDITED),
    }

    assert curated(reviews).accepted == 3
    strict = curated(reviews, require_review=True)
    assert strict.accepted == 2
    assert strict.rejected_by_reason == {"not_reviewed": 1}


def test_an_accepted_example_still_goes_through_the_gates() -> None:
    short = an_example("What is said of rye?", "Good.")

    found = curate(
        [short],
        documents={},
        settings=CurationSettings(),
        opinions=Opinions({short.ref: decided(short, Standing.ACCEPTED)}),
    )

    assert found.rejected_by_reason == {"too_short": 1}
