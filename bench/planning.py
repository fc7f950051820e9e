"""How fast conversations are planned."""

import time
from collections.abc import Callable

from lorewright.conversations.catalogues import catalogues, compatibility
from lorewright.generate.conversations import (
    Axis,
    Cell,
    Filled,
    PlanChoice,
    PlanKind,
    margins,
    plan,
)
from measuring import spread
from page import Section

RUNS = 5
COUNT = 100_000
GOAL_S = 2.0


def measure() -> Section:
    """Plan as many conversations by each rule."""
    known = catalogues()
    each = -(-COUNT // len(known.arcs))
    written = plan(known, PlanChoice(count=1_000))
    filled = tuple(
        Filled(persona=one.persona, arc=one.arc, topic=one.topic, count=1)
        for one in {(cell.persona, cell.arc, cell.topic): cell for cell in written}.values()
    )
    choices = {
        "balanced": PlanChoice(count=COUNT),
        "stratified, so many of each arc": PlanChoice(
            kind=PlanKind.STRATIFIED,
            count=COUNT,
            axis=Axis.ARC,
            quotas=dict.fromkeys(known.arcs, each),
        ),
        "gaps beside 1,000": PlanChoice(kind=PlanKind.GAPS, count=COUNT, filled=filled),
    }
    return Section(
        title="Plan conversations",
        about=f"{COUNT:,} cells of {len(known.personas)} personas, {len(known.arcs)} emotional "
        f"arcs and {len(known.topics)} topics, in CPU time; {RUNS} runs in one process after one "
        f"that is not counted. The goal is {GOAL_S:.0f} s. Uneven is the largest difference "
        "between two keys of one kind; suited is the mean compatibility, between 0.3 and 1.",
        columns=["plan", "seconds", "cells a second", "uneven", "suited"],
        rows=[
            _row(name, lambda choice=choice: plan(known, choice))
            for name, choice in choices.items()
        ],
    )


def _row(name: str, work: Callable[[], list[Cell]]) -> list[str]:
    known, cells = catalogues(), work()

    def cpu_s() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    median, low, high = spread([cpu_s() for _ in range(RUNS)])
    counts = margins(cells)
    uneven = max(max(one.values()) - min(one.values()) for one in counts.values())
    suits = sum(
        compatibility(known.personas[one.persona], known.arcs[one.arc], known.topics[one.topic])
        for one in cells
    )
    return [
        name,
        f"{median:.2f} ({low:.2f}-{high:.2f})",
        f"{len(cells) / median:,.0f}",
        str(uneven),
        f"{suits / len(cells):.2f}",
    ]
