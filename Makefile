# The commands anyone needs. `make run` on a fresh clone needs Rust, and Node for the simulator's page.
.PHONY: run web chat test check fuzz bench evals fmt tidy clean

CARGO ?= cargo

run: web ## Build, start with a sample clinic in the sandbox, print where to look
	$(CARGO) run --release --quiet --bin frontdesk -- serve

web: ## Build the simulator's page
	./scripts/build-web

chat: ## Talk to the receptionist in the terminal
	$(CARGO) run --release --quiet --bin frontdesk -- chat

check: ## Format, lints, layers, a few seconds of fuzzing
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	$(CARGO) clippy -p frontdesk-server --bins --no-default-features --quiet -- -D warnings
	$(CARGO) run --quiet -p xtask -- tidy
	BOLERO_RANDOM_SEED=1 $(CARGO) test --quiet -p frontdesk-server --test fuzz

FUZZ_SECONDS ?= 600
fuzz: ## The fuzz targets, each for FUZZ_SECONDS
	BOLERO_RANDOM_TEST_TIME_MS=$(FUZZ_SECONDS)000 BOLERO_RANDOM_ITERATIONS=1000000000 $(CARGO) test --release --quiet -p frontdesk-server --test fuzz

test: web ## Every test, on SQLite and on a PostgreSQL of its own, and the simulator in a browser
	./scripts/test-browser
	./scripts/with-postgres ./scripts/run-tests

bench: ## The figures of docs/performance.md, measured here on both databases (about ten minutes)
	./scripts/with-postgres $(CARGO) bench --quiet -p frontdesk-server --bench figures

evals: ## The labelled messages and the scenarios of evals/, counted; fails where fewer are right than before
	$(CARGO) test --quiet -p frontdesk-engine --test corpus -- --nocapture
	$(CARGO) test --quiet -p frontdesk-server --test it evals -- --nocapture

fmt:
	$(CARGO) fmt --all

tidy:
	$(CARGO) run --quiet -p xtask -- tidy
