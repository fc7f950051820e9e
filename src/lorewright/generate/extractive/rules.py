"""Every task form that is asked of a passage, in the order in which they are preferred."""

from lorewright.generate.extractive.drafts import Rule
from lorewright.generate.extractive.forms.advice import advice, check
from lorewright.generate.extractive.forms.bear_in_mind import bear_in_mind
from lorewright.generate.extractive.forms.cited import citation
from lorewright.generate.extractive.forms.claim import claim
from lorewright.generate.extractive.forms.condition import condition
from lorewright.generate.extractive.forms.naming import comparison, definition, identification
from lorewright.generate.extractive.forms.reason import reason
from lorewright.generate.extractive.forms.statement import how_done, subject_asked
from lorewright.generate.extractive.forms.view import effect, told, view

RULES: tuple[Rule, ...] = (
    identification,
    definition,
    condition,
    reason,
    check,
    citation,
    comparison,
    how_done,
    bear_in_mind,
    advice,
    subject_asked,
    effect,
    claim,
    view,
    told,
)
