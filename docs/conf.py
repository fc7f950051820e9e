"""How the documentation is built: Markdown pages, and reference taken from the program itself."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "Lorewright"
author = "The Lorewright authors"
version = release = installed_version("lorewright")

extensions = ["myst_parser", "sphinx_click", "reference"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
smartquotes = False  # a command line must stay as it is typed

html_theme = "furo"
html_title = f"Lorewright {release}"
html_copy_source = False
html_show_sphinx = False
