"""R as an oracle, where it is installed: `apt-get install --no-install-recommends r-base-core`."""

import shutil
import subprocess

import pytest

from lorewright.statistics import holm, mcnemar, paired, power_of, sign_test

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


def test_the_power_of_a_paired_t_test() -> None:
    code = "power.t.test(n = 40, delta = .5, type = 'paired', strict = TRUE)$power"

    assert [power_of(40, 0.5, 1)] == pytest.approx(r(code), abs=1e-6)
