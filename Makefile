# The front door. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# LANG is the locale variable of every shell: it counts as a language only when typed after `make`.
LANG_ORIGIN := $(origin LANG)
ifneq ($(filter command line,$(LANG_ORIGIN)),)
CHOSEN := $(LANG)
endif
override MAKEOVERRIDES := $(filter-out LANG=%,$(MAKEOVERRIDES))
unexport LANG
export LC_ALL := C.UTF-8
export PYTHONUTF8 := 1

STUDY ?= word_order
PRESET ?= quick
CORPUS ?=
SEEDS ?=
WORKERS ?=
SET ?=
PORT ?= 5000
REPORT_LANGUAGE ?= en
BENCH ?=
BIN := .venv/bin
EOSUN := $(BIN)/eosun
READY := .venv/.ready

OPTIONS = "$(STUDY)" --preset "$(PRESET)" $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(SEEDS),--seeds "$(SEEDS)") \
	$(if $(WORKERS),--workers "$(WORKERS)") $(foreach s,$(SET),--set "$(s)")

.PHONY: help setup cluster postgresql experiment compare report published findings validate ui test test-long test-all test-cluster lint bench clean lock

help: ## list the targets and their variables
	@echo "make experiment LANG=ko|en   train, measure, track and report one language"
	@echo "make compare                 both languages and the joint report"
	@echo "make report                  rebuild the report from what is tracked; trains nothing"
	@echo "make findings                what the published runs say of published findings: docs/reproductions.md"
	@echo "make published               build the published reports again, from text files alone"
	@echo "make validate                do the measures find what is planted, and nothing where nothing is: a minute"
	@echo "make ui                      the MLflow UI on 127.0.0.1 (PORT=$(PORT))"
	@echo "make setup                   the environment in .venv, from hash-locked requirements"
	@echo "make cluster                 add Ray, for --engine ray"
	@echo "make postgresql              add the driver for a tracking store in PostgreSQL"
	@echo "make test | test-long | test-all | test-cluster | lint | bench | clean"
	@echo
	@echo "variables: STUDY=$(STUDY)  PRESET=smoke|quick|full  CORPUS=name or path  SEEDS=n  WORKERS=n  SET='key=value …'  REPORT_LANGUAGE=en|ko"

setup: $(READY) ## create .venv

$(READY): requirements/bootstrap.txt requirements/all.txt
	@bash requirements/setup.sh

cluster: $(READY) ## Ray, for the engine that spreads over machines
	@bash requirements/extra.sh cluster

postgresql: $(READY) ## the driver for a tracking store in PostgreSQL
	@bash requirements/extra.sh postgresql

experiment: $(READY)
	@if [ -z "$(CHOSEN)" ]; then \
		echo 'Say which language: make experiment LANG=ko   (or LANG=en; make compare runs both).' >&2; exit 2; fi
	@$(EOSUN) experiment $(OPTIONS) --lang "$(CHOSEN)" --language "$(REPORT_LANGUAGE)"

compare: $(READY)
	@$(EOSUN) experiment $(OPTIONS) --lang ko,en --language "$(REPORT_LANGUAGE)"

report: $(READY)
	@$(EOSUN) report "$(STUDY)" --language "$(REPORT_LANGUAGE)"

findings: $(READY) ## what the published runs say of others' findings, into docs/reproductions.md
	@$(EOSUN) findings --published --write docs/reproductions.md

published: $(READY) ## build the published reports again, from their text files alone
	@$(EOSUN) rebuild

validate: $(READY) ## planted lags and planted nothing, at the smallest size; docs/validation.md has the larger ones
	@$(EOSUN) validate lags null --preset smoke

ui: $(READY)
	@$(EOSUN) ui --port "$(PORT)"

test: $(READY)
	@$(BIN)/python -m pytest -q -n auto -m "not long" tests

test-long: $(READY)
	@$(BIN)/python -m pytest -q -n auto -m "long" tests

test-all: $(READY)
	@$(BIN)/python -m pytest -q -n auto tests

test-cluster: cluster ## the engines, Ray on a cluster of three nodes on this machine among them
	@$(BIN)/python -m pytest -q tests/pipelines/test_engines.py

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m benchmarks $(BENCH)

clean: ## everything that is produced, the environment excepted
	rm -rf var reports/build .pytest_cache .mypy_cache .ruff_cache .hypothesis

lock: ## compile the requirement sets again (needs a package index)
	@bash requirements/lock.sh
