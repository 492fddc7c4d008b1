# The one door: hooks and CI only call these targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := shared/contracts shared/chassis shared/embedded shared/cli services/ingest services/enrich services/index services/search
SERVICES := ingest enrich index search
INSTALLED := $(VENV)/.installed
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command 'make lock' $(foreach package,$(PACKAGES),--no-emit-package kabar-$(notdir $(package)))

.DEFAULT_GOAL := help

# The tests start hundreds of processes: what is compiled once is kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help install up down up-containers down-containers status logs check check-static check-enrich check-others check-rules test test-life test-parts chaos chaos-matrix power-cut test-chaos test-containers sbom mutants format bench fuzz eval schemas k8s-settings lock clean

help: ## list these targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

install: $(INSTALLED) ## make the virtual environment from the hash-pinned requirements

up: $(INSTALLED) ## start everything here, push the demo article and show its search hit
	@$(BIN)/kabar up --detach --demo

down: $(INSTALLED) ## stop what `make up` started; data stay
	@$(BIN)/kabar down

up-containers: ## the same in containers, with users and TLS: build, start, push the sample article, show its hit
	docker compose up --build --wait
	docker compose run --build --rm demo

down-containers: ## stop the containers; data and secrets stay
	docker compose --profile backfill down

status: $(INSTALLED) ## what runs, and where
	@$(BIN)/kabar status

logs: ## follow the logs of everything that runs
	@tail -n 50 -F .kabar/logs/*.log

check: $(INSTALLED) ## format, lint, types, imports, unit and contract tests: under 30 s
	@$(MAKE) --no-print-directory -j3 -Otarget check-static check-enrich check-others

check-static:
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports --no-logo
	@$(BIN)/mypy --no-error-summary $(foreach package,$(PACKAGES),$(package)/src) tests
	@echo "format, lint, imports and types hold"

check-enrich:
	@$(BIN)/pytest -q tests/unit/enrich tests/unit/disclosure

check-others:
	@$(BIN)/pytest -q tests/unit tests/contract --ignore tests/unit/enrich --ignore tests/unit/disclosure

# Thousands of examples, of which each needs a pattern of its own to be compiled.
check-rules: $(INSTALLED) ## the examples of the rules on disclosure: LANGUAGE=fi for one language
	@$(BIN)/pytest $(if $(LANGUAGE),-vv -k '[$(LANGUAGE)]',-q) tests/rules

test: check ## everything that proves the system, on real servers: under 15 min
	@$(MAKE) --no-print-directory -j2 -Otarget test-life test-parts check-rules
	@$(BIN)/pytest -q tests/e2e tests/chaos/test_chaos.py

# These wait most of the time, so the others run beside them.
test-life:
	@$(BIN)/pytest -q tests/integration/life tests/integration/hostile

test-parts:
	@$(BIN)/pytest -q tests/integration --ignore tests/integration/life --ignore tests/integration/hostile

chaos: $(INSTALLED) ## seeded load and faults, and a checker of its own: ARTICLES= FAULTS= SEED= ENRICH=on|off
	@PYTHONPATH=tests/support:tests/chaos $(BIN)/python tests/chaos/chaos.py --articles $(or $(ARTICLES),2000) --faults $(or $(FAULTS),15) \
		--enrich $(or $(ENRICH),on) $(if $(SEED),--seed $(SEED))

chaos-matrix: $(INSTALLED) ## each link, each fault, 1 to 30 s: how long until all is well again; about 35 min
	@PYTHONPATH=tests/support:tests/chaos $(BIN)/python tests/chaos/matrix.py --table .kabar/chaos-matrix.md

power-cut: $(INSTALLED) ## cut the power under Redis: what was not synced is gone. CUTS= SEED=
	@PYTHONPATH=tests/support:tests/chaos/power_cut $(BIN)/python tests/chaos/power_cut/cut_series.py --cuts $(or $(CUTS),20) --seed $(or $(SEED),1)

test-chaos: $(INSTALLED) ## the tests of all these, and short runs of them
	@$(BIN)/pytest -q tests/chaos tests/mutants --deselect tests/chaos/test_chaos.py

# What the images leave out of their requirements, as one expression: the Dockerfile says it.
LEFT_OUT = $(shell sed -n 's/.* uninstall --yes //p' deploy/Dockerfile | tr ' ' '|')

sbom: $(INSTALLED) ## the packages in each image, with versions and hashes, as CycloneDX: .kabar/sbom/
	@mkdir -p .kabar/sbom
	@for image in $(SERVICES) cli; do \
	  sed -E '/^($(LEFT_OUT))==/,/[^\\]$$/d' requirements/$$image.txt \
	    | $(BIN)/cyclonedx-py requirements --output-reproducible --of JSON -o .kabar/sbom/$$image.cdx.json - || exit 1; done
	@$(BIN)/cyclonedx-py requirements deploy/setup/requirements.txt --output-reproducible --of JSON -o .kabar/sbom/setup.cdx.json
	@ls .kabar/sbom

test-containers: $(INSTALLED) ## build the images and run compose.yaml in a Docker engine, stand-ins for the two servers; about 10 min
	@$(BIN)/pytest -q -s tests/containers

mutants: $(INSTALLED) ## put 24 known defects into a copy, one at a time, and show which test catches each: about 10 min
	@$(BIN)/python -m tests.mutants.mutants

format: $(INSTALLED) ## put every file into the one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet . || true

bench: $(INSTALLED) ## measure against raw Redis, raw OpenSearch and trafilatura, in one run; writes .kabar/bench.json
	@PYTHONPATH=tests/support:tests/bench:tests/evaluation $(BIN)/python tests/bench/run.py

fuzz: $(INSTALLED) ## made-up input of every kind against what reads it: FUZZ_MINUTES=10
	@FUZZ_MINUTES=$(or $(FUZZ_MINUTES),10) $(BIN)/pytest -q tests/fuzz

eval: $(INSTALLED) ## how well articles are read, beside floors and goals, on the texts in KABAR_EVAL_DIR; writes .kabar/eval.json
	@PYTHONPATH=tests/evaluation $(BIN)/python tests/evaluation/evaluate.py

schemas: $(INSTALLED) ## write the JSON Schemas and the AsyncAPI document from the models
	@$(BIN)/python -m kabar_contracts.schemas

k8s-settings: ## write the variables of the Kubernetes manifests from the settings classes
	@$(BIN)/python deploy/k8s/settings_files.py deploy/k8s/base/settings

lock: ## resolve all requirements anew and pin them by hash
	@test -x $(BIN)/uv || ($(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet uv)
	@$(UV_COMPILE) requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(UV_COMPILE) requirements/development.in $(foreach package,$(PACKAGES),$(package)/pyproject.toml) -o requirements/development.txt
	@for service in $(SERVICES); do \
		$(UV_COMPILE) --constraints requirements/development.txt services/$$service/pyproject.toml -o requirements/$$service.txt; \
	done
	@$(UV_COMPILE) --constraints requirements/development.txt $(foreach package,shared/cli services/enrich services/index,$(package)/pyproject.toml) \
		-o requirements/cli.txt
	@$(UV_COMPILE) --constraints requirements/development.txt deploy/build-requirements.in -o deploy/build-requirements.txt
	@$(UV_COMPILE) --constraints requirements/development.txt deploy/setup/requirements.in -o deploy/setup/requirements.txt

# uv installs in seconds what pip installs in a minute. pip does it where uv cannot (a mirror that only pip knows of, say).
$(INSTALLED): requirements/bootstrap.txt requirements/development.txt $(foreach package,$(PACKAGES),$(package)/pyproject.toml)
	@echo "installing into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/development.txt \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements/development.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(foreach package,$(PACKAGES),--editable $(package))
	@touch $@

clean: ## remove caches; data in .kabar and the environment stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
