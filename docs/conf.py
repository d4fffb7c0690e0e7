"""The documentation site: `make docs` builds it into build/site.

Sources are the Markdown pages here and the lectures where they are; so a link between two files
of the project works the same in an editor, on a code host and in the site.
"""

project = "Derivatives, backwards"
copyright = "its authors, MIT licence"
html_title = project
language = "en"

# The source folder is the top of the project: the lectures are part of the site.
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/lectures/**"]
exclude_patterns = [".*", "build", "docs/pictures", "**/.ipynb_checkpoints", "**/__pycache__"]

extensions = ["myst_parser", "sphinx_copybutton", "graders.authoring.site"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = [
    "site.css",
    "../graders/authoring/export/cells.css",
    "../graders/authoring/export/formulas.woff",
]
html_css_files = ["cells.css", "site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# A summary is fetched from the page found, which a browser refuses for files on a disk.
html_show_search_summary = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "github-dark-colorblind"

# What is copied from a block of commands is the commands.
copybutton_selector = "div.highlight-console pre"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
