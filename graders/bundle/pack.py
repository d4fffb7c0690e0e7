"""Make the file to hand in: python pack.py EXERCISE

Without a name it says how far each exercise is. Any Python from 3.11 on runs it.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever starts this has what they have)
        sys.exit(f"This needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    sys.path.insert(0, str(HERE))
    from graders.student.pack import main

    sys.exit(main(sys.argv[1:], HERE))
