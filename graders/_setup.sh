#!/bin/sh
# Make .venv from requirements.lock, or leave it alone when it is what the lock asks for.
# Run from the top of the project: sh graders/_setup.sh
set -eu

say() { printf '%s\n' "$*" >&2; }
die() { say "set-up: $*"; exit 1; }

[ -f requirements.lock ] || die "run this from the top of the project, where requirements.lock is."

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# A virtual environment names its own folder and interpreter inside, so both are part of the key.
key() { { cat requirements.lock pyproject.toml; printf '%s\n' "$(pwd)"; } | cksum; }

if [ -x .venv/bin/python ] && [ "$(cat .venv/.ready 2>/dev/null)" = "$(key)" ] &&
   .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

python=
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo 'no python3')
    die "Python 3.11 or newer with its venv module is needed, and here is $found." \
        "Install one (on Debian and Ubuntu: apt install python3 python3-venv)" \
        "or name it: make PYTHON=/path/to/python3.12 setup"
fi

say "set-up: making .venv with $("$python" --version); this takes a minute or two, once."
rm -rf .venv
"$python" -m venv .venv || die "python -m venv failed; on Debian and Ubuntu: apt install python3-venv"

# uv installs the locked set several times faster than pip; pip brings uv itself, by the same hashes.
awk '/^uv==/ {keep = 1; print; next} /^[^ ]/ {keep = 0} keep && /--hash/ {print}' requirements.lock > .venv/uv.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt ||
    die "the package index did not give uv; see the lines above, then run the same command again."
# Without bytecode every import is compiled anew in every process, which is several times slower.
.venv/bin/uv --quiet pip install --python .venv/bin/python --no-deps --require-hashes --compile-bytecode \
    -r requirements.lock ||
    die "the package index did not give every package; see the lines above, then run the same command again."
.venv/bin/uv --quiet pip install --python .venv/bin/python --no-deps --no-build-isolation --editable . ||
    die "the project itself could not be installed; see the lines above."
.venv/bin/python -m compileall -q minigrad graders
key > .venv/.ready
