"""What a verdict would take of what raters said."""

from flows.small_workspace import Small
from lorewright.flows.answered import newest_field
from lorewright.flows.contest_ratings import Rated, rated_in
from lorewright.records import Ratings


def said_of(here: Small, *sheets: Ratings) -> Rated:
    """The ratings and the votes about all scenarios that were answered last."""
    scenarios = newest_field(here.store, None).scenarios
    return rated_in(here.store, sheets, {one.scenario_id: one.family for one in scenarios})
