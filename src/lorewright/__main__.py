"""`python -m lorewright` is the same as `lorewright`."""

from lorewright.cli import main

if __name__ == "__main__":
    main()
