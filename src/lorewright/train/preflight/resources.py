"""Whether memory, disk, time and money last."""

from decimal import Decimal
from typing import ClassVar

from lorewright.train.estimate import Estimate
from lorewright.train.preflight.finding import Finding, Looking, Rule, Severity, of_the_job
from lorewright.train.preflight.proposal import Proposal
from lorewright.train.preflight.sizes import in_bytes, in_time

TIGHT = 0.9
"""Above this share of what is free a run that should fit may not."""
MEMORY = Rule(
    "memory",
    "Whatever is trained at the same time is estimated to need more memory than the device has.",
    "set a smaller training.batch or training.max_length, or take a smaller base or a larger "
    "device",
    and_also="warning when it fits, but only just in what is free now",
)
DISK = Rule(
    "disk-room",
    "Checkpoints, results and logs need more room than the disk has.",
    "free some space, or put the workspace on a larger disk",
)
TIME = Rule(
    "time-limit",
    "The run is estimated to take longer than jobs.max_minutes allows.",
    "raise the limit, train fewer epochs, or take a faster device",
    and_also="warning when only the worst case is longer",
)
MONEY = Rule(
    "cost-limit",
    "The run is estimated to cost more than jobs.max_cost_usd allows.",
    "raise the limit, train fewer epochs, or take a cheaper device",
    and_also="warning when only the worst case costs more",
)


class Resources(Looking):
    """Compares the estimate with what there is and what may be spent."""

    rules: ClassVar[tuple[Rule, ...]] = (MEMORY, DISK, TIME, MONEY)

    def __init__(self, proposal: Proposal, expected: Estimate) -> None:
        self._proposal = proposal
        self._expected = expected

    def findings(self) -> list[Finding]:
        """What was found."""
        found = [self._memory(), self._disk(), self._time(), self._money()]
        return [one for one in found if one is not None]

    def _memory(self) -> Finding | None:
        device, needed = self._expected.device, self._expected.whole_memory
        if needed <= TIGHT * device.free:
            return None
        largest = max(self._expected.memory._asdict().items(), key=lambda part: part[1])
        sentence = (
            f"about {in_bytes(needed)} of memory are needed for {_processes(self._expected)}; "
            f"the device ({device.name}) has {in_bytes(device.memory)}, and "
            f"{in_bytes(device.free)} are free"
        )
        place = f"the largest part is {largest[0]}: {in_bytes(largest[1])} in each process"
        fits = needed <= device.memory
        severity = Severity.WARNING if fits else Severity.BLOCKER
        return of_the_job(MEMORY, sentence, place, severity=severity)

    def _disk(self) -> Finding | None:
        needed, free = self._expected.disk, self._proposal.free_disk
        if needed <= free:
            return None
        sentence = f"{in_bytes(needed)} of disk are needed and {in_bytes(free)} are free"
        return of_the_job(DISK, sentence)

    def _time(self) -> Finding | None:
        limit = self._proposal.limits.max_minutes
        if limit is None:
            return None
        seconds, most = self._expected.seconds, float(limit) * 60
        if seconds.high <= most:
            return None
        sentence = (
            f"a training process will take {in_time(seconds.low)} to {in_time(seconds.high)}, and "
            f"{in_time(most)} are allowed"
        )
        severity = Severity.BLOCKER if seconds.likely > most else Severity.WARNING
        return of_the_job(TIME, sentence, "jobs.max_minutes", severity=severity)

    def _money(self) -> Finding | None:
        limit, cost = self._proposal.limits.max_cost, self._expected.cost
        if limit is None or cost is None:
            return None
        low, likely, high = cost
        if high <= limit:
            return None
        sentence = f"the run will cost {_coin(low)} to {_coin(high)}, and {limit} are allowed"
        severity = Severity.BLOCKER if likely > limit else Severity.WARNING
        return of_the_job(MONEY, sentence, "jobs.max_cost_usd", severity=severity)


def _processes(expected: Estimate) -> str:
    count = expected.use.on_one_device
    return "one process" if count == 1 else f"{count} processes side by side"


def _coin(value: Decimal) -> str:
    return f"{value:.2f}"
