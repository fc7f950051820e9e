"""R as an oracle, where it is installed: `apt-get install --no-install-recommends r-base-core`."""

import shutil
import subprocess

import pytest

from lorewright.statistics import (
    at_equal_length,
    at_least,
    benjamini_hochberg,
    equivalent,
    holm,
    mcnemar,
    more_often_than,
    not_worse,
    paired,
    power_of,
    power_of_preference,
    sign_test,
    wilson,
)
from lorewright.statistics.score_of_shares import exact_p

SLEEP = [-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4]
"""The data set `sleep` of R, drug 1 minus drug 2, in hours."""
RSCRIPT = shutil.which("Rscript")
pytestmark = pytest.mark.skipif(
    RSCRIPT is None, reason="R is not installed: no Rscript on the path"
)


def r(code: str) -> list[float]:
    """The numbers that R prints."""
    assert RSCRIPT is not None
    done = subprocess.run(
        [RSCRIPT, "--vanilla", "-e", f"cat(format({code}, digits = 12))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


def test_the_t_interval_of_sleep() -> None:
    found = paired(SLEEP, permutations=10, seed=0)

    expected = r(
        "with(sleep, t.test(extra[group == 1], extra[group == 2], paired = TRUE))$conf.int"
    )
    assert [found.low, found.high] == pytest.approx(expected)


def test_holm() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx(
        r("p.adjust(c(.01, .02, .03, .04, .05), 'holm')")
    )


def test_the_exact_binomial_test_and_its_interval() -> None:
    found = sign_test(36, 14)

    assert [found.p_value] == pytest.approx(r("binom.test(36, 50)$p.value"))
    assert [found.low, found.high] == pytest.approx(r("binom.test(36, 50)$conf.int"))
    changed = mcnemar([True] * 9 + [False] * 2, [False] * 9 + [True] * 2)
    assert [changed.p_value] == pytest.approx(r("binom.test(9, 11)$p.value"))


def test_benjamini_and_hochberg() -> None:
    assert benjamini_hochberg([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx(
        r("p.adjust(c(.01, .02, .03, .04, .05), 'BH')")
    )


def test_one_sided_t_tests_of_bounds() -> None:
    found = not_worse(SLEEP, by=0.5)
    same = equivalent(SLEEP, within=2.5)

    code = "with(sleep, t.test(extra[group == 1] - extra[group == 2], {}))$p.value"
    assert [found.p_value] == pytest.approx(r(code.format("mu = -.5, alternative = 'greater'")))
    sides = ("mu = -2.5, alternative = 'greater'", "mu = 2.5, alternative = 'less'")
    assert same.p_value == pytest.approx(max(r(code.format(side))[0] for side in sides))


def test_the_margin() -> None:
    ours, theirs = (
        [3.1, 3.8, 2.9, 4.2, 3.6, 4.4, 3.0, 3.9],
        [2.4, 3.0, 2.6, 3.1, 2.7, 3.5, 2.8, 2.9],
    )
    one, other = (f"c({', '.join(map(str, side))})" for side in (ours, theirs))

    found = at_least(ours, theirs, margin=0.15)

    code = f"t.test({one} - 1.15 * {other}, alternative = 'greater')$p.value"
    assert [found.p_value] == pytest.approx(r(code))


def test_a_line_through_differences() -> None:
    longer = [12.0, -3.0, 8.0, 30.0, -14.0, 5.0, 0.0, 22.0, 41.0, -6.0]
    told = f"c({', '.join(map(str, longer))})"

    found = at_equal_length(SLEEP, longer)

    fit = f"confint(lm(d ~ x, data.frame(d = c({', '.join(map(str, SLEEP))}), x = {told})))"
    assert [found.low, found.high] == pytest.approx(r(f"{fit}[1, ]"))


def test_the_interval_of_a_share_and_a_test_above_it() -> None:
    found = wilson(36, 50)

    expected = r("prop.test(36, 50, correct = FALSE)$conf.int")
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-6)
    above = more_often_than(0.65, 41, 9)
    assert [above.p_value] == pytest.approx(r("binom.test(41, 50, .65, 'greater')$p.value"))


def test_the_counts_of_mcnemars_textbook_example() -> None:
    """Approval ratings of Agresti: 86 and 150 of 1,600 changed their mind."""
    found = sign_test(86, 150, ties=1_364)

    assert [found.p_value] == pytest.approx(r("binom.test(86, 236)$p.value"))
    chi = r("mcnemar.test(matrix(c(794, 86, 150, 570), 2))$p.value")
    assert found.p_value == pytest.approx(chi[0], rel=0.1)


def test_the_power_of_a_preference() -> None:
    code = (
        "{k <- qbinom(.025, 92, .5); k <- k - (2 * pbinom(k, 92, .5) > .05); "
        "pbinom(k, 92, .65) + 1 - pbinom(91 - k, 92, .65)}"
    )

    assert [power_of_preference(92, 0.65)] == pytest.approx(r(code))


def test_the_exact_test_of_paired_shares() -> None:
    """Every table of 15 units by loops of R, at the same shares."""
    code = """{
      z <- function(b, c) { d <- -.1; B <- -b - c + (30 - b + c) * d; C <- -c * d * (1 - d);
        q <- (sqrt(max(B^2 - 120 * C, 0)) - B) / 60;
        (b - c - 15 * d) / sqrt(15 * (2 * q + d * (1 - d))) };
      seen <- z(1, 2) - 1e-9; most <- 0;
      for (q in seq(.1, .55, length.out = 200)) { p <- 0;
        for (b in 0:15) for (c in 0:(15 - b)) if (z(b, c) >= seen)
          p <- p + dmultinom(c(b, c, 15 - b - c), prob = c(q - .1, q, 1.1 - 2 * q));
        most <- max(most, p) };
      most }"""

    assert [exact_p(1, 2, 15, -0.1)] == pytest.approx(r(code))


def test_the_power_of_a_paired_t_test() -> None:
    code = "power.t.test(n = 40, delta = .5, type = 'paired', strict = TRUE)$power"

    assert [power_of(40, 0.5, 1)] == pytest.approx(r(code), abs=1e-6)
