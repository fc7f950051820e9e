"""Which of the scenarios that were written are kept, and why the others are not.

Four rules in this order: it reads like something that happens, a feeling is in it, training
gives nothing of it away and no other scenario says the same, and of what is left as many of
each arc, persona and topic as the shares say. All are computed; nobody's taste decides.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lorewright.errors import MissingExtra
from lorewright.evaluate.scenarios.families import LONG_RUN
from lorewright.evaluate.scenarios.shares import ARC, PERSONA, quotas, shares_of
from lorewright.measures import Leak
from lorewright.records import Scenario, ScenarioPurpose
from lorewright.settings import ScenarioSettings
from lorewright.similarity import exact_digest, ngrams, words

PLACEHOLDER = re.compile(
    r"\[[A-Za-z][\w ]{0,30}\]|\{\{|\{[a-z_]+\}|<[a-z_ ]{2,30}>|\blorem ipsum\b|\bas an ai\b",
    re.IGNORECASE,
)
"""What is left of a form that nobody filled in, or of whoever wrote it."""
FIRST_PERSON = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours"])
ENGLISH = frozenset(["the", "and", "to", "of", "is", "that", "for", "it", "a", "in"])
"""Two of them tell English, the one language whose first person is looked for."""
NO_AXIS = "none"
"""Where a scenario says no arc, persona or topic."""


class TurnedDown(NamedTuple):
    """A scenario that is not kept."""

    scenario: Scenario
    reason: str
    """A short key, the same for all alike."""
    detail: str


class Choice(NamedTuple):
    """What is kept, in the order in which it came, and what is not."""

    kept: tuple[Scenario, ...]
    turned_down: tuple[TurnedDown, ...]


def choose(
    candidates: Sequence[Scenario], rules: ScenarioSettings, *, leaks: Sequence[Leak] = ()
) -> Choice:
    """Keep at most `rules.keep` of the candidates; the same ones choose the same.

    Args:
        candidates: with ids of their own.
        rules: bounds and shares.
        leaks: what training gives away of them.

    Raises:
        MissingExtra: when scikit-learn is not installed, which tells how alike two are.
    """
    sound: list[Scenario] = []
    turned_down: list[TurnedDown] = []
    leaking: dict[str, Leak] = {}
    for leak in leaks:
        leaking.setdefault(leak.held_out, leak)
    for one in candidates:
        fault = _fault(one, rules) or _leak(leaking.get(one.scenario_id))
        if fault is None:
            sound.append(one)
        else:
            turned_down.append(TurnedDown(one, *fault))
    twins = _twins(sound, float(rules.most_alike))
    turned_down += (TurnedDown(sound[at], *fault) for at, fault in twins.items())
    unlike = [one for at, one in enumerate(sound) if at not in twins]
    places = _balanced(unlike, rules)
    for at, one in enumerate(unlike):
        if at not in places:
            turned_down.append(TurnedDown(one, "over_quota", _over(one, len(places))))
    order = {one.ref: at for at, one in enumerate(candidates)}
    return Choice(
        tuple(unlike[at] for at in sorted(places)),
        tuple(sorted(turned_down, key=lambda each: order[each.scenario.ref])),
    )


def _fault(one: Scenario, rules: ScenarioSettings) -> tuple[str, str] | None:
    """Why a scenario is not realistic, or has too little of a feeling in it."""
    return _unreal(one, rules) or _unmoved(one, rules)


def _unreal(one: Scenario, rules: ScenarioSettings) -> tuple[str, str] | None:
    for number, message in enumerate(one.messages, start=1):
        count = len(words(message))
        if count > rules.most_words:
            return "too_long", f"message {number} has {count} words, more than {rules.most_words}"
        # What follows up may be short; the first message has to tell a situation.
        if number == 1 and count < rules.least_words:
            return "too_short", f"message 1 has {count} words, fewer than {rules.least_words}"
        if found := PLACEHOLDER.search(message):
            return "placeholder", f"message {number} holds {found[0]!r}, which nobody would write"
    said = {word for text in one.messages for word in words(text)}
    if len(said & ENGLISH) > 1 and FIRST_PERSON.isdisjoint(said):
        return "nobody_speaks", "nobody in it says I, my or we"
    if not one.situation.strip():
        return "no_situation", "raters are told nothing of the situation"
    if len(one.expected) < rules.least_expected:
        return (
            "too_few_expected",
            f"{len(one.expected)} expected elements, fewer than {rules.least_expected}",
        )
    return None


def _unmoved(one: Scenario, rules: ScenarioSettings) -> tuple[str, str] | None:
    if one.purpose is ScenarioPurpose.DELIBERATION:
        return None
    if one.emotional_state is None:
        return "no_emotion", "it does not say what the person feels"
    strength = one.emotional_state.intensity
    if strength < rules.least_intensity:
        primary = one.emotional_state.primary
        return "too_calm", f"{primary} at {strength} is weaker than {rules.least_intensity}"
    return None


def _leak(leak: Leak | None) -> tuple[str, str] | None:
    return leak and ("leaks", f"{leak.rule} with {leak.trained}: {leak.detail}")


def _twins(found: Sequence[Scenario], most_alike: float) -> dict[int, tuple[str, str]]:
    """Those that say what an earlier one says that is no twin itself."""
    twins: dict[int, tuple[str, str]] = {}
    said: dict[tuple[bytes, ...], Scenario] = {}
    runs: dict[str, Scenario] = {}
    alike = _Alike(["\n".join(one.messages) for one in found], most_alike)
    for at, one in enumerate(found):
        digest = tuple(map(exact_digest, one.messages))
        own = {run for text in one.messages for run in ngrams(text, LONG_RUN, whole=False)}
        shared = next((run for run in sorted(own) if run in runs), None)
        near = alike.earlier(at, twins)
        if digest in said:
            twins[at] = "repeated", f"it says the same as {said[digest].scenario_id}"
        elif shared is not None:
            other = runs[shared].scenario_id
            twins[at] = "too_alike", f"it shares {LONG_RUN} words in a row with {other}"
        elif near is not None:
            other, cosine = found[near[0]].scenario_id, near[1]
            twins[at] = "too_alike", f"the cosine of its characters with {other} is {cosine:.2f}"
        else:
            said[digest] = one
            runs |= dict.fromkeys(own, one)
    return twins


class _Alike:
    """The cosines of some texts; scikit-learn is only asked when there are two."""

    def __init__(self, texts: Sequence[str], most_alike: float) -> None:
        self._most = most_alike
        self._cosines: list[list[float]] = []
        if len(texts) < 2:
            return
        try:
            from lorewright.measures.likeness import kernel
        except ModuleNotFoundError as error:
            raise MissingExtra(
                f"comparing texts needs {error.name}", hint='pip install "lorewright[prove]"'
            ) from error
        self._cosines = kernel(texts).tolist()

    def earlier(self, at: int, out: Mapping[int, object]) -> tuple[int, float] | None:
        """The first text before this one that is too much like it, unless that one is out."""
        if not self._cosines:
            return None
        for other, cosine in enumerate(self._cosines[at][:at]):
            if other not in out and cosine > self._most:
                return other, cosine
        return None


def _balanced(found: Sequence[Scenario], rules: ScenarioSettings) -> frozenset[int]:
    """The places of those that make a set as the shares want it, as far as there are any."""
    most = min(rules.keep, len(found))
    arcs = [one.emotional_arc or NO_AXIS for one in found]
    personas = [one.persona or NO_AXIS for one in found]
    topics = [one.topic or NO_AXIS for one in found]
    lacking_arcs = Counter(quotas(most, list(dict.fromkeys(arcs)), shares_of(ARC, rules.arcs)))
    lacking_personas = Counter(
        quotas(most, list(dict.fromkeys(personas)), shares_of(PERSONA, rules.personas))
    )
    taken_topics = Counter[str]()
    open_ones, taken = dict.fromkeys(range(len(found))), list[int]()
    while len(taken) < most:
        best = min(
            open_ones,
            key=lambda at: (
                -lacking_arcs[arcs[at]],
                -lacking_personas[personas[at]],
                taken_topics[topics[at]],
                at,
            ),
        )
        del open_ones[best]
        taken.append(best)
        lacking_arcs[arcs[best]] -= 1
        lacking_personas[personas[best]] -= 1
        taken_topics[topics[best]] += 1
    return frozenset(taken)


def _over(one: Scenario, kept: int) -> str:
    of = ", ".join(key for key in (one.emotional_arc, one.persona, one.topic) if key)
    return f"{kept} are kept, and there are enough of {of or 'its kind'} among them"


def numbers_of(found: Sequence[Scenario]) -> Iterator[tuple[str, dict[str, int]]]:
    """How many there are of each purpose, arc, persona, topic and family, most first."""
    axes = {
        "purpose": [one.purpose.value for one in found],
        ARC: [one.emotional_arc or NO_AXIS for one in found],
        PERSONA: [one.persona or NO_AXIS for one in found],
        "topic": [one.topic or NO_AXIS for one in found],
        "family": [one.family for one in found],
    }
    for name, values in axes.items():
        counts = Counter(values)
        yield name, dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
