"""What a graded notebook shows in the instructor's browser cannot run there."""

import re

import nbformat
import pytest
from engine import engine
from nbconvert.exporters import HTMLExporter

from graders import sanitise
from graders.sanitise import CHARACTERS, Sanitiser

TABLE = "<table><tr><th>step</th><td style='text-align: right;'>1</td></tr></table>"


def shown(**data):
    """What becomes of an output's data; `_` stands for the slash and `__` for a plus."""
    named = {kind.replace("__", "+").replace("_", "/"): value for kind, value in data.items()}
    output = {"output_type": "display_data", "data": named, "metadata": {}}
    return Sanitiser().clean([output])[0]["data"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<ScRipt >alert(1)</script >",
        "<scr<script></script>ipt>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img/src=x/onerror=alert(1)>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<svg onload=alert(1)>",
        "<svg><script href='data:,alert(1)'/>",
        "<iframe srcdoc='&lt;script>alert(1)&lt;/script>'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\tscript:alert(1)'>x</a>",
        "<a href='data:text/html,alert(1)'>x</a>",
        "<form action='/formgrader/api'><button>Grade</button></form>",
        "<meta http-equiv='refresh' content='0; url=javascript:alert(1)'>",
        "<link rel=stylesheet href='//elsewhere'><base href='//elsewhere'>",
        "<div style='background: url(//elsewhere)'>x</div>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<img src='http://elsewhere/who-looks'>",
    ],
)
def test_nothing_runs_loads_or_submits(html):
    cleaned = shown(text_html=html)["text/html"]
    tags = " ".join(re.findall("<[^>]*>", cleaned))
    assert not re.search("script|onerror|onload|elsewhere|iframe|form|button|data:", tags)
    assert not re.search("<(svg|meta|link|base|math|style)", tags)


def test_tables_and_pictures_stay():
    picture = '<img src="data:image/png;base64,AAAA" alt="loss">'
    html = shown(text_html=f"<style>td {{ color: red }}</style>{TABLE}{picture}")["text/html"]
    assert picture in html
    assert '<td style="text-align: right;">1</td>' in html
    assert "color" not in html
    plots = {"image_png": "AAAA", "image_svg__xml": "<svg/>", "text_plain": "<Figure>"}
    assert len(shown(**plots)) == 3


def test_what_is_a_program_is_named_and_not_shown():
    data = shown(application_javascript="alert(1)")
    assert data == {
        "text/plain": "[output of the type application/javascript, which is not shown here]"
    }
    assert shown(application_javascript="alert(1)", text_plain="x") == {"text/plain": "x"}


@pytest.mark.parametrize("html", ["<b>" * 60_000, "<i>" * 400, "x" * (CHARACTERS + 1)])
def test_what_would_take_long_to_read_is_not_read(html, monkeypatch):
    monkeypatch.setattr(sanitise, "_cleaner", lambda: pytest.fail("it was read"))
    assert shown(text_html=html) == {"text/plain": "[HTML output that cannot be shown here]"}
    assert shown(text_html=html, text_plain="there") == {"text/plain": "there"}


def test_a_notebook_shows_only_so_much():
    sanitiser = Sanitiser()
    output = {"output_type": "display_data", "data": {"text/html": "x" * (CHARACTERS // 2)}}
    kinds = [list(sanitiser.clean([output])[0]["data"]) for _ in range(3)]
    assert kinds == [["text/html"], ["text/html"], ["text/plain"]]


def test_a_graded_notebook_runs_nothing_where_it_is_shown():
    answer = (
        "from IPython.display import HTML, Javascript, Markdown, display\n"
        f"display(HTML('''{TABLE}<script>steal()</script>'''))\n"
        "display(Javascript('steal()'))\n"
        "display(Markdown('<img src=x onerror=steal()>'))\n"
        "def f(): return 1"
    )
    with engine() as grader:
        graded = grader.graded(answer, "assert f() == 1")
    assert graded.report.questions[0].points == 2
    notebook = nbformat.from_dict(graded.notebook)
    for cell in notebook.cells:
        cell.source = ""
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert "<th>step</th>" in page
    assert not re.search("<[^>]*steal|<script>steal", page)
    assert "&lt;img src=x" in page  # markdown, to be read and not to be run


@pytest.mark.parametrize("slash", ["\\\\", "&#92;", "&#x005C;", "&bsol;"])
def test_formulas_hold_no_links(slash):
    """MathJax would make of them links that run what they say."""
    for text in (
        f"${slash}href{{javascript:alert(1)}}{{x}}$",
        f"${slash}style{{left:0}}{{x}}$",
    ):
        assert not re.search(
            f"(?:{re.escape(slash)}|\\\\)(href|style)", shown(text_html=text)["text/html"]
        )
    latex = shown(text_latex="$\\href{javascript:alert(1)}{x} \\hrefs \\frac12$")["text/latex"]
    assert latex == "$\\text{href}{javascript:alert(1)}{x} \\hrefs \\frac12$"


CELL = {"cell_type": "markdown", "metadata": {}, "id": "a", "attachments": {}}
PNG = "iVBORw0KGgo="


def page(markdown, **attachments):
    """The Markdown cell as nbconvert shows it, with the filter that courses are told to use."""
    cell = CELL | {"source": markdown, "attachments": attachments}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    exporter = HTMLExporter(filters={"markdown2html": "graders.showing.markdown2html"})
    body, _ = exporter.from_notebook_node(nbformat.from_dict(content))
    return body[body.index("<main") :]


def test_markdown_keeps_what_it_is_for():
    body = page("# Why\n\n*Since* $0<x<1$, `a < b`:\n\n$$\\frac{1}{2}$$\n\n| a |\n|---|\n| 1 |")
    for kept in (
        "Why</h1>",
        "<em>Since</em>",
        "0&lt;x&lt;1",
        "<code>a &lt; b</code>",
        "<td>1</td>",
    ):
        assert kept in body
    assert r"$$\frac{1}{2}$$" in body


def test_attached_pictures_are_shown_and_missing_ones_named():
    body = page(
        "![slope](attachment:a.png) ![gone](attachment:b.png)", **{"a.png": {"image/png": PNG}}
    )
    assert f'src="data:image/png;base64,{PNG}"' in body
    assert 'alt="gone"' in body
    odd = {"a.png": {"image/png": '"><script>alert(1)</script>'}}
    assert "<script>alert" not in page("![x](attachment:a.png)", **odd)
    assert 'src=""' in page('<img src="data:image/png;base64,attachment7">')


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "[x](javascript:alert(1))",
        "[x](data:text/html,alert(1))",
        "![x](http://elsewhere/who-looks)",
        "<svg onload=alert(1)>",
        "<div style='position: fixed; background: url(//elsewhere)'>x</div>",
        "$\\href{javascript:alert(1)}{x}$",
        "```mermaid\ngraph LR\nA[<img src=x onerror=alert(1)>]\n```",
    ],
)
def test_nothing_in_markdown_runs_or_loads(markdown):
    body = page(markdown)
    tags = " ".join(re.findall("<[^>]*>", body[: body.index("</main>")]))
    assert not re.search("<script|onerror|onload|elsewhere|javascript|position|data:", tags)
    assert "\\href" not in body
