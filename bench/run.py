"""Measure, and write what was measured into docs/benchmarks.md.

python bench/run.py             every section
python bench/run.py start       one section; the others stay as they are
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from page import HEAD, Section, replace_section

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

SECTIONS = (
    "start",
    "ingest",
    "describing",
    "planning",
    "enriching",
    "weighting",
    "evaluation",
    "significance_peers",
    "proof_scale",
    "brightrun",
    "importing",
    "extraction",
    "metrics",
    "leaks",
    "formats",
    "story",
    "estimating_training",
    "million",
    "release",
    "kill",
    "generation_peers",
    "generation_scale",
    "generation_kills",
    "generation_workers",
    "training",
)
"""Each is a module beside this one with a function `measure`, imported when its turn comes so
that what one loads does not weigh on another."""


def main() -> int:
    """Run the benchmarks that the arguments name, or all of them."""
    parser = argparse.ArgumentParser(description="Measure Lorewright on this machine.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    asked: list[str] = parser.parse_args().sections or list(SECTIONS)
    unknown = set(asked) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {min(unknown)!r}; there are {', '.join(SECTIONS)}")
    for name in asked:
        print(f"measuring {name} ...", file=sys.stderr)
        section: Section = import_module(name).measure()
        replace_section(PAGE, name, section, head=HEAD)
        print(section.as_markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
