# Everything that is done with this repository, by name. `make` lists the targets.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

DATA_DIR ?= data
LISTEN ?= 127.0.0.1:3000

.PHONY: help
help: ## Lists the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Runs everything in one process on embedded defaults, with demo data
	cargo build --workspace --bin streamverse
	$${CARGO_TARGET_DIR:-target}/debug/streamverse run --demo --data-dir $(DATA_DIR) --listen $(LISTEN)

.PHONY: dev
dev: ## Does the same, and starts it anew whenever the sources have changed and compile
	scripts/dev --demo --data-dir $(DATA_DIR) --listen $(LISTEN)

.PHONY: demo-media
demo-media: ## Renders and packages the clips of our own demo titles (needs ffmpeg)
	demo/render.sh

# More features than the default, and arguments of the tests' program: `.ci/run` gives both, so that one build
# and one run serve embedded defaults and real servers alike.
FEATURES ?=
TESTS ?=

.PHONY: test
test: ## Runs the tests that need nothing but Rust
	cargo build --workspace --bin streamverse --features "$(FEATURES)"
	cargo test --workspace --features "$(FEATURES)" -- $(TESTS)

.PHONY: test-stack
test-stack: ## Runs the tests on real PostgreSQL, Kafka and OpenSearch, with real media and a browser
	scripts/test-stack

.PHONY: check
check: ## Runs everything that CI runs
	.ci/run

.PHONY: build
build: ## Builds target/release/streamverse with every adapter
	cargo build --release --bin streamverse --features production

.PHONY: gen
gen: ## Generates gen/ from proto/
	cargo run --quiet --package sv-codegen

.PHONY: gen-clients
gen-clients: ## Generates the code of the clients in other languages from gen/descriptors.bin
	scripts/gen-clients

.PHONY: clients-check
clients-check: ## Tests the clients of all languages against a running program
	scripts/clients-check

.PHONY: docs-check
docs-check: ## Does what the pages for app developers say, and compares what comes out
	scripts/docs-check

.PHONY: new-service
new-service: ## Lays out a service that compiles and is tested: make new-service NAME=reminders
	scripts/new-service $(NAME)

.PHONY: web
web: ## Builds the web app into frontend/dist (needs Node)
	scripts/web

.PHONY: web-check
web-check: ## Tests the web app, in a browser against the program too (needs Node and Chromium)
	scripts/web-check

.PHONY: web-bench
web-bench: ## Measures how fast the web app paints, finds and scrolls (needs Node and Chromium)
	scripts/web-check --bench

.PHONY: howto
howto: ## Does what the two how-tos say, with the code in them, and takes it away again
	scripts/howto

.PHONY: deploy-check
deploy-check: ## Checks image, compose file, chart and manifests; seconds
	scripts/deploy-check

.PHONY: test-deploy
test-deploy: ## Proves chart and manifests on a real API server, and processes in place of pods (root; minutes)
	cargo build --workspace --bin streamverse --features sv-server/production
	scripts/test-deploy

.PHONY: fmt
fmt: ## Formats the code and the protos
	cargo fmt --all
	scripts/buf format -w proto --exclude-path proto/google

.PHONY: lint
lint: ## Checks format, lints, protos, generated files, advisories and licences
	scripts/lint

.PHONY: alerts-check
alerts-check: ## Checks alerts, their unit tests, runbooks and dashboards; half a minute
	scripts/alerts-check

.PHONY: test-alerts
test-alerts: ## Asks every query of the dashboards of running programs, and makes each alert fire by its fault (root)
	cargo build --workspace --bin streamverse --features sv-server/production
	scripts/alerts-check --live

.PHONY: test-backup
test-backup: ## Backs a running program up, loses everything, restores and compares
	cargo build --workspace --bin streamverse
	scripts/ops/drill

.PHONY: conformance
conformance: ## Runs the conformance suites of protobuf (JSON) and Connect (gRPC, gRPC-Web)
	tests/conformance/run
	tests/connect/run

.PHONY: bench
bench: ## Measures speed and memory against named alternatives and bars; docs/benchmarks.md explains
	scripts/bench

.PHONY: bench-stack
bench-stack: ## Measures how soon a change is found through PostgreSQL, Kafka and OpenSearch
	scripts/bench --stack

.PHONY: trace
trace: ## Lists for each checklist id the tests that name it
	scripts/trace
