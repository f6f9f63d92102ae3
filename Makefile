# Each target is one line over tools/dev.py, which works without make too. Say what else in ARGS: make test ARGS="tests/lib -n0"
DEV = $(or $(PYTHON),python3) tools/dev.py

.PHONY: help run test check test-services browser bench torture pictures build lock
help: ; @$(DEV) help
run: ; @$(DEV) run $(ARGS)
test: ; @$(DEV) test $(ARGS)
check: ; @$(DEV) check
test-services: ; @$(DEV) test-services $(ARGS)
browser: ; @$(DEV) browser $(ARGS)
bench: ; @$(DEV) bench $(ARGS)
torture: ; @$(DEV) torture $(ARGS)
pictures: ; @$(DEV) pictures $(ARGS)
build: ; @$(DEV) build
lock: ; @$(DEV) lock
