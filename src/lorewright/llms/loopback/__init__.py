"""A server that speaks both wire formats and knows nothing: a rehearsal, and no language model.

Its answers have the shape that is asked for and are put together from the words of the source
in the prompt: its sentences are quoted, questions are made about them, labels are drawn by lot.
So everything round a language model can be tried without one: runs, limits, retries, budgets,
formats, and each way in which an answer can be off. What is learnt from such answers is nothing,
and every reply says so: its model is called `loopback`.

`python -m lorewright.llms.loopback` serves it on its own; `Loopback` inside a test's event loop,
`in_background` and `in_process` beside a program that has none.
"""

from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.background import in_background, in_process
from lorewright.llms.loopback.counting import Counts
from lorewright.llms.loopback.faults import FAULTS
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.server import Loopback

__all__ = ["FAULTS", "Asked", "Counts", "Loopback", "Rehearsal", "in_background", "in_process"]
