"""What students hand in and are called runs nowhere in the instructor's browser."""

import json

import pytest
from nbgrader import api
from servers import TOKEN, WAIT, jupyterlab

from graders.batch import grade_assignment, reports
from graders.course import Course
from graders.publish import publish
from graders.sandbox import missing_layers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox"),
]

CONFIG = """
c = get_config()
c.HTMLExporter.filters = {"markdown2html": "graders.showing.markdown2html"}
"""
HIT = "window.top.hit=1;fetch('/api/hit')"
HTML = f"""
<script>{HIT}</script><img src=x onerror="{HIT}"><svg onload="{HIT}"></svg>
<iframe srcdoc="<script>{HIT}</script>"></iframe><details open ontoggle="{HIT}">d</details>
<a id=link href="javascript:{HIT}">link</a><meta http-equiv=refresh content="0;url=/api/hit">
<form action=/api/hit><button id=button>b</button></form><style>@import '/api/hit';</style>
"""
MARKDOWN = f"""Honest words.

{HTML}

[link](javascript:{HIT.replace("'", "%27")}) ![gone](attachment:gone.png)
$\\href{{javascript:window.hit=1}}{{formula}}$
"""
ANSWER = f'''
from IPython.display import display, HTML, Javascript, Markdown, SVG, Latex
HOSTILE = {HTML!r}
for kind in (HTML, Javascript, Markdown, Latex):
    display(kind(HOSTILE))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="{HIT}"></svg>'))
print(HOSTILE)

def df(x):
    class E(Exception):
        pass
    E.__name__ = HOSTILE
    raise E(HOSTILE)
'''


def cell(kind, source, grade_id=None, **marks):
    built = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        built |= {"outputs": [], "execution_count": None}
    if grade_id:
        marking = {"grade": False, "solution": False, "locked": False, "task": False}
        built["metadata"]["nbgrader"] = (
            marking
            | marks
            | {
                "grade_id": grade_id,
                "schema_version": 3,
            }
        )
    return built


def notebook(answer, essay, *more):
    cells = [
        cell("code", answer, "df", solution=True),
        cell("code", "assert df(1) == 2", "df_test", grade=True, locked=True, points=1),
        cell("markdown", essay, "why", grade=True, solution=True, points=1),
        *more,
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    source = folder / "source" / "ps1"
    source.mkdir(parents=True)
    (source / "p1.ipynb").write_text(notebook("def df(x):\n    return 2 * x", "Why?"))
    handed_in = folder / "submitted" / "mallory" / "ps1"
    handed_in.mkdir(parents=True)
    more = (cell("markdown", HTML), cell("raw", HTML), cell("code", f"# {HTML}"))
    (handed_in / "p1.ipynb").write_text(notebook(ANSWER, MARKDOWN, *more))
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "roster.csv").write_text(
        f'id,first_name,last_name\nmallory,"{HTML.replace(chr(34), chr(39))}",x\n'
    )
    grade_assignment(Course(folder), "ps1")
    return folder


def look(browser, address, words):
    """Open a page, press what can be pressed, and say whether anything of it ran."""
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(address)
    page.wait_for_load_state("load")
    page.get_by_text(words).first.wait_for(timeout=WAIT)
    for element in page.locator("#link, #button, a:text-is('link')").all():
        if element.is_visible():
            element.click(no_wait_after=True, timeout=WAIT)
    ran = page.evaluate("window.hit") is not None or any("api/hit" in url for url in asked)
    page.close()
    return ran


def test_nothing_runs_in_the_formgrader(browser, course, tmp_path):
    with api.Gradebook(Course(course).directory.db_url) as book:
        submission = book.find_submission_notebook("p1", "ps1", "mallory").id
    with jupyterlab(course, tmp_path) as address:
        shown = f"{address}/formgrader/submissions/{submission}/?token={TOKEN}"
        assert not look(browser, shown, "Honest words.")
        students = f"{address}/formgrader/manage_students?token={TOKEN}"
        assert not look(browser, students, "mallory")


def test_nothing_runs_in_the_class_report_or_feedback(browser, course, tmp_path):
    found = list(reports(Course(course), "ps1"))
    names = Course(course).student_names()
    published = publish(found, tmp_path, title=HTML, names=names, titles={"df_test": HTML})
    for path in (published.report, *published.feedback):
        assert not look(browser, path.as_uri(), "onerror")
