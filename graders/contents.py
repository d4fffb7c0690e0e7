"""Notebooks stay as they are stored, whichever Python opens them in JupyterLab.

JupyterLab writes the exact version of the running Python into a notebook as soon as its kernel
has started. So on every other Python than the author's a notebook that was only opened would be
marked as unsaved, and saving it would change it. Here the version is put in while a notebook is
read, and left out when it is written.
"""

import platform
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class CourseContents(AsyncLargeFileManager):
    """Files on disk; `contents_manager_class` of JupyterLab as `graders.calm` sets it up."""

    async def get(self, path: str, *arguments: Any, **named: Any) -> dict[str, Any]:
        model = await super().get(path, *arguments, **named)
        language = _language(model)
        if language.get("name") == "python":
            language["version"] = platform.python_version()
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        _language(model).pop("version", None)
        return await super().save(model, path)


def _language(model: dict[str, Any]) -> dict[str, Any]:
    """What a notebook says of its language; an empty dictionary for anything else."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return {}
    return content.get("metadata", {}).get("language_info", {})
