# The whole suite from here. `make` alone lists what there is.

.DEFAULT_GOAL := help
BIN := .venv/bin
RUN := $(BIN)/python -m
JOBS ?= 2

# The checks of one thread each share two cores well; many threads on small matrices do not.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup:  ## a virtual environment in .venv, from the hashed lock; nothing to do the second time
	@sh graders/_setup.sh

.PHONY: demo
demo: setup  ## release the course, grade a sample class, show the marks and where the report lies
	@$(RUN) graders demo

.PHONY: lab
lab: setup  ## JupyterLab, opened at the map of the course
	@$(RUN) graders lab

.PHONY: test
test: setup lint  ## every test that needs nothing but this machine, notebooks included
	$(RUN) pytest -n $(JOBS) --dist loadfile tests
	$(RUN) pytest -n $(JOBS) --dist loadfile --nbval --nbval-current-env --nbval-cell-timeout 60 \
	    --nbval-sanitize-with tests/nbval_sanitize.cfg notebooks/lectures

.PHONY: test-slow
test-slow: setup  ## what needs longer or more: PyTorch, a browser, PostgreSQL, a cluster
	$(RUN) pytest -rs -m slow -n $(JOBS) --dist loadfile tests

.PHONY: lint
lint: setup
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

.PHONY: notebooks
notebooks: setup  ## run the lectures and store their outputs; twice changes no byte
	@$(RUN) graders.authoring.build notebooks/lectures

.PHONY: docs
docs: setup  ## the documentation as a site, lectures included, in build/site
	@$(BIN)/sphinx-build --quiet --jobs $(JOBS) --conf-dir docs --doctree-dir build/.doctrees . build/site
	@echo "build/site/index.html"

.PHONY: release
release: setup  ## the students' bundle, without an answer or a hidden test in it
	@$(RUN) graders release

.PHONY: mutants
mutants: setup  ## do the hidden tests notice every small mistake in a right answer?
	@$(RUN) graders.keys.mutants

.PHONY: bench
bench: setup  ## how fast, as ratios in one run
	@$(RUN) benchmarks

.PHONY: lock
lock: setup  ## pin requirements.in anew
	@$(BIN)/uv pip compile requirements.in --output-file requirements.lock --universal \
	    --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --no-emit-package rfc3987-syntax --no-emit-package lark

.PHONY: clean
clean:  ## remove everything that these commands made
	rm -rf .venv build dist demo *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
