"""JupyterLab without what distracts a learner: settings as files, found by JUPYTER_CONFIG_PATH.

Off are the news popup and the check for updates, which ask a question over every first page,
and the extension manager that wants the network. In a student's bundle nbgrader's menus are
off as well, but for Validate: the rest is for instructors, or for an exchange that a bundle
does not have. A notebook that was only opened stays as it is (`graders.contents`). Nothing of
the user's own settings is changed.
"""

from __future__ import annotations

import json
from pathlib import Path

_DISTRACTING = (
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
)
_NOT_FOR_STUDENTS = (
    *("@jupyterlab/debugger-extension", "@jupyterlab/application-extension:property-inspector"),
    *("@jupyter/nbgrader:menu", "@jupyter/nbgrader:formgrader"),
    *("@jupyter/nbgrader:course-list", "@jupyter/nbgrader:create-assignment"),
    "@jupyter/nbgrader:assignment-list",
)
_SERVERS = ("formgrader", "course_list", "assignment_list")


def write_settings(folder: Path, *, student: bool = False) -> None:
    """Write a Jupyter configuration folder; the same bytes each time."""
    disabled = dict.fromkeys(_DISTRACTING, True)
    server: dict = {"contents_manager_class": "graders.contents.CourseContents"}
    if student:
        disabled |= dict.fromkeys(_NOT_FOR_STUDENTS, True)
        server["jpserver_extensions"] = {
            f"nbgrader.server_extensions.{name}": False for name in _SERVERS
        }
    _write(folder / "jupyter_server_config.json", {"ServerApp": server})
    _write(folder / "labconfig" / "page_config.json", {"disabledExtensions": disabled})
    _write(folder / "jupyter_lab_config.json", {"LabApp": {"extension_manager": "readonly"}})


def _write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
