# `make demo` and `make test` need Python 3.11 or newer and make, and set up all the rest in .venv: the first one what
# running takes, the second one what developing takes besides.

PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
READY := .venv/.ready
PIP = $(BIN)/python -m pip --disable-pip-version-check install --no-warn-script-location

.PHONY: demo tour test test-busy test-template coverage lint check bench bench-memory bench-criteria bench-dates docs-dates learn-short bench-timers bench-retire learn-criteria bench-learnt simulate soak soak-short years kills deaths lost-time ci tools learn requirements screenshots clean

demo: $(RUNS)  ## the bot in a Slack workspace on this machine, with no account and no token
	@exec $(BIN)/toughcustomer demo

tour: $(RUNS)  ## the same, playing a story of 90 seconds by itself; with ALL=1 all journeys
	@exec $(BIN)/toughcustomer demo --tour $(if $(ALL),--all)

test: $(READY)  ## the tests, four at once, since most of them wait
	$(BIN)/python -m pytest -n 4 --dist worksteal

test-busy: $(READY)  ## the same four times over, while other processes keep the machine busy: an hour or more
	$(BIN)/python -m tests.busy

test-template: $(READY)  ## the emulator with Bolt's own starter template: make test-template FOLDER=where-it-was-cloned
	@if [ -f "$(FOLDER)/app.py" ]; then BOLT_TEMPLATE="$(abspath $(FOLDER))" $(BIN)/python -m pytest tests/emulator/test_apps.py -k template; \
		else echo "Skipped: clone https://github.com/slack-samples/bolt-python-starter-template, and give its folder as FOLDER=…"; fi

coverage: $(READY)  ## the tests, and which lines they never reach
	$(BIN)/python -m pytest -n 3 --cov --cov-report=term:skip-covered

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: $(READY)  ## settings and playbooks
	$(BIN)/toughcustomer check

bench: $(READY)  ## every figure with its bar, in one table: a quarter of an hour; BESIDE=another-checkout, BURN=1, PARTS="start search"
	BESIDE="$(BESIDE)" BURN="$(BURN)" PARTS="$(PARTS)" RELEASE="$(RELEASE)" $(BIN)/python -m tests.bench

bench-memory: $(READY)  ## what each part of the bot takes in memory
	$(BIN)/python -m tests.bench.memory

bench-criteria: $(READY)  ## what pages and what keeps quiet, on labelled threads
	$(BIN)/python -m tests.bench.criteria

docs-dates: $(READY)  ## the table of what is asked about dates, written anew from the rules
	$(BIN)/python -m tests.followups.date_table

bench-dates: $(READY)  ## how dates are read, and how fast
	$(BIN)/python -m tests.bench.dates

bench-calendar: $(READY)  ## follow-ups as a calendar, occurrence by occurrence, by two libraries: two minutes
	$(BIN)/python -m tests.bench.ical

bench-promises: $(READY)  ## what is caught as a promise in a thread, and what is not; others' threads in ROWS=…
	$(BIN)/python -m tests.bench.promises $(ROWS)

bench-timers: $(READY)  ## our reminders beside bare sqlite3, APScheduler and huey: some ten minutes
	$(BIN)/python -m tests.bench.timers
	$(BIN)/python -m tests.bench.delivery

bench-retire: $(READY)  ## what RETENTION and purge cost a bot that has been used for years: some minutes
	$(BIN)/python -m tests.bench.retire

simulate: $(READY)  ## delivery in virtual time, killed everywhere with every fault of Slack, and a crowd in doubt: some minutes; SEED=… repeats a run
	$(BIN)/python -m tests.delivery.simulate $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.delivery.crowd

soak: $(READY)  ## the bot killed 200 times while Slack misbehaves: up to half an hour
	$(BIN)/python -m tests.soak --followups 2000 --kills 200 --within 1800

soak-short: $(READY)  ## the same in small: a minute or two
	$(BIN)/python -m tests.soak --followups 60 --kills 6 --within 600

years: $(READY)  ## two virtual years of a company of 5,000: what grows, and whether RETENTION is kept: some minutes
	$(BIN)/python -m tests.soak.years

deaths: $(READY)  ## death at every statement of each order, and every call of Slack failing, once and for an hour: a quarter of an hour
	DEATHS=all FAULTS=all $(BIN)/python -m pytest -n 3 tests/dying

lost-time: $(READY)  ## a backup at each of eighty random moments, the rest lost, and put back: two minutes
	LOST_TIME=all $(BIN)/python -m pytest -n 3 tests/storage/test_lost_time.py

kills: $(READY)  ## the bot killed at each boundary between a message and its page: two minutes
	$(BIN)/python -m tests.escalations.kills

# Chromium and axe for the tests of the page, and Slack's own types for those of the payloads. Each is fetched where it
# can be; without it the tests that need it are skipped, and say so.
tools: $(READY)
	@command -v chromium chromium-browser google-chrome >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
		|| echo "chromium is not here and could not be installed: the tests of the page will be skipped"
	@for folder in tests/payloads tests/emulator; do [ -d $$folder/node_modules ] || { command -v npm >/dev/null \
		&& npm install --prefix $$folder --no-package-lock --no-audit --no-fund --loglevel=error; } \
		|| echo "node's packages could not be fetched: what needs those of $$folder will be skipped"; done

ci: tools lint check soak-short test

screenshots: $(READY)  ## after a change of the page: take those of the README anew
	$(BIN)/python -m tests.emulator.screenshots

learn: $(READY)  ## after a change of the shipped playbooks: renew what the search has learnt of them
	$(BIN)/python -m bot.tactics.playbook.renew

learn-short: $(READY)  ## after a change of the embedding model: teach its short form anew, on one core for two hours
	$(PIP) jax
	$(BIN)/python -m tests.learn_short
	$(MAKE) learn

learn-criteria: $(READY)  ## after a change of the labelled threads: fit the classifier anew, with others' texts in ROWS=…
	$(BIN)/python -m bot.escalations.detection.train $(if $(ROWS),--rows "$(ROWS)")
	$(BIN)/toughcustomer check

bench-learnt: $(READY)  ## the criteria on threads that they have not learnt from; others' texts in ROWS=…, EVIDENCE=60 shows some
	$(BIN)/python -m tests.bench.learnt $(ROWS) $(if $(EVIDENCE),--evidence $(EVIDENCE))

requirements: $(READY)  ## after a change of pyproject.toml: pin and hash anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras --quiet -o requirements-dev.txt
	echo 'hatchling>=1.26' | $(BIN)/uv pip compile pyproject.toml - -c requirements-dev.txt --extra semantic --extra demo \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras --quiet -o requirements.txt

clean:
	rm -rf .venv .coverage* tests/*/node_modules tests/payloads/.generated .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(RUNS): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "toughcustomer needs Python 3.11 or newer; try make PYTHON=python3.12")'
	@echo "Setting up toughcustomer in .venv, this once: some 120 MB to download, 230 MB on the disk; after the download it takes half a minute."
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $(RUNS)

$(READY): $(RUNS) requirements-dev.txt
	@echo "Adding what the tests and checks need to .venv, this once: some 130 MB to download, 510 MB on the disk."
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $(READY)
