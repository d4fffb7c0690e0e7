"""This course as nbgrader sees it: sources in notebooks/exercises, the rest made in build/."""

import os
import sysconfig
from pathlib import Path
from urllib.parse import quote

c = get_config()  # noqa: F821

# JupyterLab reads this file by another road, without __file__ but from this folder.
here = Path(globals().get("__file__", "nbgrader_config.py")).resolve().parent
build = here / "build"
build.mkdir(exist_ok=True)

c.CourseDirectory.course_id = "minigrad"
c.CourseDirectory.root = str(here)
c.CourseDirectory.source_directory = "notebooks/exercises"
c.CourseDirectory.source_with_tests_directory = "build/source_with_tests"
c.CourseDirectory.release_directory = "build/release"
c.CourseDirectory.submitted_directory = "build/submitted"
c.CourseDirectory.autograded_directory = "build/autograded"
c.CourseDirectory.feedback_directory = "build/feedback"
c.CourseDirectory.solution_directory = "build/solution"
# In an address % and ? mean something; in a folder's name they do not.
c.CourseDirectory.db_url = f"sqlite:///{quote(str(build / 'gradebook.db'))}"

# Students on this machine fetch and submit through here, by the Assignment List in JupyterLab.
c.Exchange.root = str(build / "exchange")
(build / "exchange").mkdir(exist_ok=True)

# Every kernel would otherwise print that it runs over TCP without encryption.
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]

# The formgrader would run a script in a student's Markdown with the instructor's rights.
c.HTMLExporter.filters = {"markdown2html": "graders.showing.markdown2html"}

# nbgrader runs the program `alembic` by name, also where the environment was not activated.
os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ.get("PATH", "")
