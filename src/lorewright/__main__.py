"""`python -m lorewright` is the same as `lorewright`."""

from lorewright.cli import main

main()
