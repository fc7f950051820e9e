"""Pairs at four levels by a chat model: planned by what is missing, every quote located."""

from lorewright.generate.pairs.companions import companions
from lorewright.generate.pairs.deciding import Hand
from lorewright.generate.pairs.facts import FACTS_PROMPT, facts_prompt, key_facts
from lorewright.generate.pairs.forms import TaskForm
from lorewright.generate.pairs.material import Commission, Surroundings, filled
from lorewright.generate.pairs.orders import LEVELS, PROMPTS, Order, Want
from lorewright.generate.pairs.plan import COMPANIONS, forms_about, once_each, plan, promised
from lorewright.generate.pairs.planned import Place, Subject, Target, Written
from lorewright.generate.pairs.quotas import most_facts, quotas
from lorewright.generate.pairs.writing import write_pairs

__all__ = [
    "COMPANIONS",
    "FACTS_PROMPT",
    "LEVELS",
    "PROMPTS",
    "Commission",
    "Hand",
    "Order",
    "Place",
    "Subject",
    "Surroundings",
    "Target",
    "TaskForm",
    "Want",
    "Written",
    "companions",
    "facts_prompt",
    "filled",
    "forms_about",
    "key_facts",
    "most_facts",
    "once_each",
    "plan",
    "promised",
    "quotas",
    "write_pairs",
]
