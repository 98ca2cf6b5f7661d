# `make run` starts Todak on this machine; `make test` installs and tests. Both share .venv.
PYTHON ?= python3
BIN := .venv/bin
# Three tests at a time: most wait more than they compute. A file's tests stay together.
QUICK := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile -m "not slow and not browser"
SOURCES := bot storage inference models tests benchmarks

.PHONY: install run test test-all check bench reliability fuzz clean

install: .venv/installed

.venv/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	touch $@

.venv/installed-bench: .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench,train]'
	touch $@

.venv/installed-fuzz: .venv/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	touch $@

run: install
	$(BIN)/todak run

test: .venv/installed-dev
	$(QUICK)

test-all: test
	$(BIN)/python -m pytest -m "slow or browser"

check: .venv/installed-bench
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(QUICK)

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks.latency

reliability: .venv/installed-dev
	TODAK_OUTAGE_S=60 TODAK_BAD_DAY_S=60 $(BIN)/python -m pytest -s tests/reliability tests/bot/test_bad_days.py

fuzz: .venv/installed-fuzz
	nice -n 10 $(BIN)/python -m tests.fuzz.run

clean:
	rm -rf .venv
