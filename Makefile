# Ekenko: two commands are enough, `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: setup build run test bench bench-live chaos desktop lint

setup:
	@scripts/setup build

build: setup
	@scripts/build

# EKENKO_DEMO=on (default), live or off.
run: build
	@EKENKO_DEMO=$${EKENKO_DEMO:-on} exec dist/ekenko

test: setup
	@scripts/setup test
	@scripts/test

bench: build
	@scripts/setup test
	@scripts/bench

bench-live: setup
	@scripts/setup test
	@scripts/bench-live

# Kills and freezes processes while people write and watch, for a minute.
chaos: build
	@scripts/setup test
	@scripts/chaos

# Against a running server: EKENKO_SERVER, http://127.0.0.1:8080 unless set.
desktop: setup
	@scripts/setup desktop
	@scripts/desktop open

lint: setup
	@. scripts/env && cargo fmt --all --check && cargo clippy --workspace --all-targets --features server -- -D warnings
