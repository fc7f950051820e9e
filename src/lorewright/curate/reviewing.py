"""What the people who read the examples decided about them."""

from collections.abc import Mapping

from lorewright.curate.curation import TurnedDown
from lorewright.lineage import Ref
from lorewright.records import Review, Standing
from lorewright.settings import CurationSettings

UNREAD = Review()


def turned_down_by_people(
    name: Ref, reviews: Mapping[Ref, Review], *, settings: CurationSettings
) -> TurnedDown | None:
    """Why a reviewer keeps the example `name` out, or None.

    The reviewer's own words stay in the decision, which goes when what it is about is erased;
    the list of what a dataset turned down outlives the examples.
    """
    review = reviews.get(name, UNREAD)
    if review.standing is Standing.REJECTED and review.decision:
        return TurnedDown("reviewer", f"a reviewer rejected it, see {review.decision.ref.short}")
    if review.standing is Standing.UNREVIEWED and settings.require_review:
        return TurnedDown("not_reviewed", "nobody has read and accepted it")
    return None
