"""What every arm is asked: read from files, written to briefs, sifted, and kept from training."""

from lorewright.evaluate.scenarios.brief import MOST_CHARACTERS, Brief
from lorewright.evaluate.scenarios.choosing import Choice, TurnedDown, choose, numbers_of
from lorewright.evaluate.scenarios.draft import Draft
from lorewright.evaluate.scenarios.families import TOPIC, families_of
from lorewright.evaluate.scenarios.fields import draft_of, unread
from lorewright.evaluate.scenarios.leaks import NAMED, find_leaks, groups_of, section_group
from lorewright.evaluate.scenarios.offline import EXTRACTIVE, offline_scenario
from lorewright.evaluate.scenarios.repeats import Sifted, without_repeats
from lorewright.evaluate.scenarios.rows import ENDINGS, BadRow, Row, rows_in
from lorewright.evaluate.scenarios.shares import ARC, PERSONA, quotas, shares_of
from lorewright.evaluate.scenarios.sheets import written
from lorewright.evaluate.scenarios.shipped import shipped, shipped_bytes
from lorewright.evaluate.scenarios.writing import PROMPT, STEP, filled, write_scenario

__all__ = [
    "ARC",
    "ENDINGS",
    "EXTRACTIVE",
    "MOST_CHARACTERS",
    "NAMED",
    "PERSONA",
    "PROMPT",
    "STEP",
    "TOPIC",
    "BadRow",
    "Brief",
    "Choice",
    "Draft",
    "Row",
    "Sifted",
    "TurnedDown",
    "choose",
    "draft_of",
    "families_of",
    "filled",
    "find_leaks",
    "groups_of",
    "numbers_of",
    "offline_scenario",
    "quotas",
    "rows_in",
    "section_group",
    "shares_of",
    "shipped",
    "shipped_bytes",
    "unread",
    "without_repeats",
    "write_scenario",
    "written",
]
