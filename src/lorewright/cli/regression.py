"""`lorewright regression`: whether an adapter lost what its base could do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lorewright.cli.face import Face, counted, face_command, sum_of

if TYPE_CHECKING:
    from lorewright.flows.non_regression import Regression, RegressionEstimate

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("adapter", required=False)
@click.option("--text", type=_FILE, help="General text in UTF-8; by default the sample handbook.")
@click.option("--eq-bench", type=_FILE, help="The file of questions of EQ-Bench, version 2.")
@click.option("--choices", type=_FILE, multiple=True, help="A JSONL or CSV with choices.")
@click.option("--base", help="The folder of the base model, when it lies outside.")
@click.option("--estimate", is_flag=True, help="Only say how much would be asked.")
@face_command
def regression(
    face: Face,
    adapter: str | None,
    *,
    text: Path | None,
    eq_bench: Path | None,
    choices: tuple[Path, ...],
    base: str | None,
    estimate: bool,
) -> None:
    """Say whether ADAPTER (the newest by default) lost what its base could do.

    Both are asked the same: how likely ordinary text is, what others feel, which of several
    answers is right, and what they say to somebody who is in danger. Each part is tested
    against a margin from the settings. The result alone ends with exit code 0, whatever it is.

    \b
    Examples:
      lorewright regression
      lorewright regression --text letters.txt --choices emobench.jsonl
      lorewright regression coach@2 --eq-bench eq_bench_v2_questions.json --estimate
    """
    from lorewright.flows.non_regression import (
        check_regression,
        estimate_regression,
        subject_of,
    )
    from lorewright.flows.regression_work import RegressionWish, work_of

    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    wish = RegressionWish(adapter, text, eq_bench, choices)
    with face.store() as store:
        if estimate:
            subject = subject_of(store, adapter)
            found = estimate_regression(work_of(store, wish), settings.regression)
            _show_estimate(face, str(subject.adapter.ref), found)
            return
        with face.progress("asking") as watch:
            done = check_regression(face.workspace, store, settings, wish, watch=watch)
    _show(face, done)


def _show_estimate(face: Face, adapter: str, found: "RegressionEstimate") -> None:
    face.say(
        f"base and adapter together: at most {counted(found.windows_at_most, 'window')} of text, "
        f"{counted(found.scored, 'choice')} scored, {counted(found.answers, 'answer')} of at most "
        f"{found.tokens_at_most:,} tokens together"
    )
    face.result(
        "regression",
        adapter=adapter,
        estimate={
            "windows_at_most": found.windows_at_most,
            "scored": found.scored,
            "answers": found.answers,
            "tokens_at_most": found.tokens_at_most,
        },
    )


def _show(face: Face, done: "Regression") -> None:
    from lorewright.flows.regression_result import change_in_words, rows_told, state_in_words

    for row in done.rows:
        face.say(f"{row.part.value}: {state_in_words(row)}")
        face.say(f"  {row.about}, {row.n:,} {row.units}: {_sides(row.base, row.tuned)}")
        least = f"\N{MINUS SIGN}{row.margin:g}"
        face.say(f"  change {change_in_words(row)}; down to {least} counts as not worse")
        for one in row.left_out:
            face.say(f"  left out: {one.count:,}, {one.reason}, first {one.first}")
        for note in row.notes:
            face.say(f"  {note}")
    for part, why in done.skipped:
        face.say(f"{part.value}: not looked at, since {why}")
    parts = len(done.rows) + len(done.skipped)
    face.say(sum_of("part", len(done.rows), parts - len(done.rows), 0))
    face.say(f"result {done.file}")
    face.result(
        "regression",
        adapter=done.subject.adapter.ref,
        base=done.subject.base.ref,
        rows=rows_told(done.rows),
        skipped=[{"part": part.value, "why": why} for part, why in done.skipped],
        path=str(done.file),
    )


def _sides(base: float | None, tuned: float | None) -> str:
    if base is None or tuned is None:
        return "nothing that both answered"
    return f"base {base:.3f}, tuned {tuned:.3f}"
