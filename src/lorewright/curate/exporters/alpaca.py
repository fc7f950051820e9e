"""The instruction format of Alpaca, with the two keys that LLaMA-Factory added."""

from collections.abc import Sequence
from typing import Any

from lorewright.curate.exporters.json_text import quoted, read_object
from lorewright.curate.exporters.line_exporter import LineExporter, Said, without_system


class Alpaca(LineExporter):
    """`{"instruction": ..., "input": "", "output": ...}`: the last question and its answer.

    What the system says stands under `system`; earlier questions and answers stand as pairs
    under `history`. Both keys appear only where they are needed. A trainer that knows neither
    reads the last question without them: give it conversations in another format.
    """

    name = "alpaca"

    def members(self, turns: Sequence[Said]) -> str:
        """Instruction, input and output, and what came before them."""
        system, spoken = without_system(turns)
        *earlier, (_, question), (_, answer) = spoken
        members = f'"instruction":{quoted(question)},"input":"","output":{quoted(answer)}'
        if system is not None:
            members += f',"system":{quoted(system)}'
        if earlier:
            pairs = zip(earlier[::2], earlier[1::2], strict=True)
            history = ",".join(f"[{quoted(one.text)},{quoted(two.text)}]" for one, two in pairs)
            members += f',"history":[{history}]'
        return members

    def parse(self, line: str) -> tuple[Said, ...]:
        """The turns of one line; instruction and input are one question."""
        value = read_object(line)
        try:
            system = value.get("system")
            history: list[Any] = value.get("history") or []
            question = "\n".join(filter(None, (value["instruction"], value.get("input"))))
            pairs: list[Any] = [*history, (question, value["output"])]
            turns = [
                turn
                for asked, told in pairs
                for turn in (Said("user", asked), Said("assistant", told))
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise self._unreadable("instruction, output or history are missing or off") from error
        return (Said("system", system), *turns) if system else tuple(turns)
