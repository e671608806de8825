# The few words a newcomer types: make run, make test. Python 3.11 or newer and make are all they need.

PORT ?= 8000
export PORT

# The first Python here that is new enough; empty when there is none. Looked for only when .venv is made.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && break; done)
PIP := .venv/bin/pip --disable-pip-version-check --quiet
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --loglevel=error

.PHONY: run test bench trust mutants matrix snapshots lighthouse check words lock clean

# Plenary on http://127.0.0.1:8000 with its worker; make run PORT=8001 moves it, Ctrl-C stops it.
run: .venv/.run static/vendor/.done app/translations/.done
	@.venv/bin/python start.py

# As an installation does once (docs/operations.md), so that no process that is started has to.
READY := .venv/bin/python -m compileall -q app

# Every test on SQLite, then on PostgreSQL those that together send all that was sent (tests/heard.py), on all
# processors; make test ARGS="-k visits" runs some in one process, all of them on both, and then it is no fault when none
# of them concerns a database. With PICTURES=1 the journeys leave pictures in instance/screenshots.
SHARED := $(if $(ARGS),,--numprocesses auto --dist loadfile --no-loadscope-reorder --heard=.pytest_cache/heard)
test: .venv/.test .venv/.browser .venv/.nginx static/vendor/.done app/translations/.done
	@$(READY)
	.venv/bin/pytest --database sqlite $(SHARED) $(ARGS)
	.venv/bin/pytest --database postgresql -m "not one_database" $(SHARED) $(ARGS) $(if $(ARGS),|| [ $$? -eq 5 ])

bench: .venv/.test static/vendor/.done app/translations/.done
	@$(READY)
	.venv/bin/python -m bench $(ARGS)

# Every proof at full length, on both databases: attacks, faults, load. Ends in the table of promises, docs/trust.md.
# It takes hours; broken off, it goes on where it ended, as long as the code is the same.
trust: .venv/.test .venv/.browser .venv/.nginx static/vendor/.done app/translations/.done
	@$(READY)
	.venv/bin/python -m tests.trust $(ARGS)

# Whether the tests notice small wrongs in the code that guards; make mutants ARGS=app/tokens.py for one file of it.
mutants: .venv/.test .venv/.browser static/vendor/.done app/translations/.done
	.venv/bin/python -m tests.trust.mutants $(ARGS)

# Write tests/trust/permission_matrix.csv anew: who gets which answer at every door. Read what `git diff` shows of it.
matrix: .venv/.test static/vendor/.done app/translations/.done
	.venv/bin/python -m tests.trust.doors

# Draw the kept pictures of key pages anew, after a change that is meant (docs/measuring.md).
snapshots: .venv/.test .venv/.browser static/vendor/.done app/translations/.done
	.venv/bin/python -m tests.measure

# What Lighthouse says of four pages, the median of five looks; fetched when it is first asked for. On a quiet machine.
lighthouse: .venv/.test .venv/.browser static/vendor/.done app/translations/.done
	.venv/bin/python -m bench.lighthouse $(ARGS)

check: .venv/.test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

# Bring the words of pages and letters into the catalogues of app/translations: new ones empty, those no longer used taken out.
words: .venv/.run
	.venv/bin/pybabel --quiet extract --mapping pyproject.toml --keyword _l --no-location --sort-output --output instance/words.pot .
	.venv/bin/pybabel --quiet update --input-file instance/words.pot --output-dir app/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	rm instance/words.pot

# Resolve every dependency again, at the newest that requirements/*.in and package.json allow. The lock files hold
# names, versions and hashes, and no address: where packages come from is each machine's own affair.
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-header --no-annotate
lock: .venv/.run
	$(PIP) install uv
	$(COMPILE) requirements/run.in -o requirements/run.txt
	$(COMPILE) requirements/test.in -c requirements/run.txt -o requirements/test.txt
	$(NPM) update --package-lock-only
	$(NPM) --prefix bench/lighthouse update --package-lock-only
	.venv/bin/python -c 'import json, pathlib; files = map(pathlib.Path, ("package-lock.json", "bench/lighthouse/package-lock.json")); \
	locks = [(file, json.loads(file.read_text())) for file in files]; \
	[package.pop("funding", None) for _, lock in locks for package in lock["packages"].values()]; \
	[file.write_text(json.dumps(lock, indent=2) + "\n") for file, lock in locks]'
	! grep -n '://' requirements/*.txt package-lock.json bench/lighthouse/package-lock.json

# Everything that make fetched or made; instance/, where the summits are, stays.
clean:
	rm -rf .venv node_modules bench/lighthouse/node_modules static/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f app/translations/.done app/translations/*/LC_MESSAGES/*.mo
	find app tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below let a second start begin at once: each is made again only when what it is made from has changed.
.venv/.run: requirements/run.txt
	@[ -n "$(PYTHON)" ] || { echo "Plenary needs Python 3.11 or newer, and found none named python3, python3.13, python3.12 or python3.11." >&2; exit 1; }
	@echo "Fetching what Plenary stands on; this takes about a minute, once."
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements/run.txt
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

.venv/.browser: tests/browser/chromium.py .venv/.test
	.venv/bin/python -m tests.browser.chromium
	@touch $@

.venv/.nginx: tests/trust/nginx.py .venv/.test
	.venv/bin/python -m tests.trust.nginx
	@touch $@

node_modules/.done: package.json package-lock.json .npmrc | .venv/.run
	$(NPM) ci --prefer-offline
	@touch $@

static/vendor/.done: vendor.txt worldmap.py node_modules/.done
	rm -rf static/vendor
	while read -r file; do mkdir -p "static/vendor/$${file%/*}" && cp "node_modules/$$file" "static/vendor/$$file" || exit 1; done < vendor.txt
	.venv/bin/python worldmap.py node_modules/world-atlas/land-110m.json static/vendor/world.svg
	@touch $@

app/translations/.done: $(wildcard app/translations/*/LC_MESSAGES/*.po) | .venv/.run
	.venv/bin/pybabel --quiet compile --directory app/translations
	@touch $@
