"""Import this before a module of nbgrader or nbformat, and most of a second is saved.

`nbgrader/__init__` imports JupyterLab's server extensions for its own menus, of which grading
uses nothing; its other modules do not need them. jsonschema builds a grammar for `iri` strings
that no notebook has. Where either is loaded already, it is left as it is.
"""

import sys
from importlib.util import find_spec, module_from_spec

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
if "nbgrader" not in sys.modules and (_found := find_spec("nbgrader")) is not None:
    sys.modules["nbgrader"] = module_from_spec(_found)  # its modules are found, and it is empty
