"""The command line of the export."""

import argparse
import sys
from pathlib import Path

from graders.authoring.build import BuildError, notebooks_under
from graders.authoring.export import export


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m graders.authoring.export",
        description="Write lectures as HTML files that open without kernel and network.",
    )
    parser.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    parser.add_argument("--to", type=Path, default=Path("build/lectures"), metavar="FOLDER")
    options = parser.parse_args()
    paths = notebooks_under(options.paths)
    if not paths:
        print("there is no notebook in " + ", ".join(map(str, options.paths)), file=sys.stderr)
        return 1
    try:
        for written in export(paths, options.to):
            print(f"{written}  {written.stat().st_size / 1000:.0f} kB")
    except BuildError as error:
        print(f"a notebook was not exported: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
