# Two commands to know: `make quickstart` runs the main job, `make test` the tests. The rest is for contributors.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
# Many tests wait for a process of theirs, so there are more workers than cores.
WORKERS ?= $(shell expr 2 '*' $$(nproc 2>/dev/null || echo 2))
MINUTES ?= 60
KILLS ?= 2000
IMAGES ?= 5000
FAULTS ?= 2000
LOSSES ?= 30

.PHONY: help quickstart test docs fuzz soak crash ha bench lint format lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

quickstart: $(RUN) ## Set everything up and update a billing profile, end to end
	@$(BIN)/partnercenter quickstart

test: $(DEV) ## Run the tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

docs: $(DEV) ## Build the documentation into build/docs
	@$(BIN)/python -m sphinx -b html --fail-on-warning --keep-going --quiet --jobs auto docs build/docs
	@echo "Built. Open build/docs/index.html"

fuzz: $(DEV) ## Send the service tens of thousands of generated requests (takes minutes)
	@$(BIN)/python -m pytest -m fuzz

soak: $(DEV) ## Kill, cut off and race a loaded service, and check its history: MINUTES=60 on each database
	@$(BIN)/python -m tests.history.soak --backend sqlite --minutes $(MINUTES)
	@$(BIN)/python -m tests.history.soak --backend postgresql --minutes $(MINUTES)
	@$(BIN)/python -m tests.history.racers --backend sqlite --rounds 1000
	@$(BIN)/python -m tests.history.racers --backend postgresql --rounds 1000

crash: $(DEV) ## Kill SQLite at every system call, and cut its power (KILLS=2000, IMAGES=5000, FAULTS=2000)
	@$(BIN)/python -m tests.crash.kills --kills $(KILLS)
	@$(BIN)/python -m tests.crash.power --images $(IMAGES)
	@$(BIN)/python -m tests.crash.faults --runs $(FAULTS)

ha: $(DEV) ## Lose the leader of three PostgreSQL again and again (LOSSES=30; needs Patroni and etcd)
	@$(BIN)/python -m ha --losses $(LOSSES)

bench: $(DEV) ## Measure the speed beside that of others, and write docs/performance.md
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.fixture

lint: $(DEV) ## Check style, types and the import law
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(DEV) ## Choose the newest versions of all dependencies and pin them with their hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --extra postgres --group dev pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-header --extra service --group build -c requirements/dev.lock pyproject.toml -o requirements/run.lock

clean: ## Remove the environment and every cache
	rm -rf $(VENV) .bench .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN): requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) (once, about half a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.lock $(RUN)
	@echo "Installing what the tests need (once, about half a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@
