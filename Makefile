# caseq: "make help" says what each target does.

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
PKGS = ncursesw sqlite3 libcurl libcjson libxml-2.0 libutf8proc libcrypto
B = build

warn = -Wall -Wextra -Werror
std = -std=c11 -D_GNU_SOURCE -I.
pkg_cflags := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
pkg_libs := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm
test_libs = -Wl,--as-needed -lcmocka -lmicrohttpd -lz
compile = $(say)$(CC) $(CFLAGS) $(std) $(warn) $(pkg_cflags) $(CPPFLAGS) \
	-MMD -MP
link = $(say)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(pkg_libs)
# One short line for each file; "make V=1" shows the whole commands.
say = $(if $(V),,@echo "  $@"; )

core_src := $(wildcard core/*.c core/store/*.c)
sources_src := $(wildcard sources/*.c)
tui_src := $(filter-out tui/main.c,$(wildcard tui/*.c tui/commands/*.c \
	tui/screens/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))
libs = $(B)/libtui.a $(B)/libsources.a $(B)/libcore.a

# A file of tests/ with main() is a program of its own; the others help them.
# NAME_main.c is no suite but something that suites run: $(B)/tests/NAME.
has_main = $(shell grep -lE '^(int )?main\>' $(wildcard $(1)) /dev/null)
unit_src := $(call has_main,tests/test_*.c)
contract_src := $(call has_main,tests/contract/*.c)
test_src := $(unit_src) $(contract_src)
tool_src := $(call has_main,tests/*_main.c)
helper_src := $(filter-out $(test_src) $(tool_src),$(wildcard tests/*.c \
	tests/contract/*.c))
bench_src := $(call has_main,tests/bench/*.c)
bench_helper_src := $(filter-out $(bench_src),$(wildcard tests/bench/*.c))
test_bin := $(patsubst %.c,$(B)/%,$(test_src))
tool_bin := $(patsubst %_main.c,$(B)/%,$(tool_src))
bench_bin := $(patsubst %.c,$(B)/%,$(bench_src))
fuzz_src := $(wildcard tests/fuzz/*.c)
# One program for each adapter, which it knows by its own name.
fuzz_adapters := $(shell sed -n 's/.* src_\([a-z]*\);/\1/p' \
	sources/adapters.h)
fuzz_bin := $(patsubst %.c,$(B)/%,$(filter-out %/fuzz_adapter.c,$(fuzz_src))) \
	$(patsubst %,$(B)/tests/fuzz/fuzz_adapter_%,$(fuzz_adapters))
faults_src := $(wildcard tests/faults/*.c)
bats := $(wildcard tests/*.bats tests/e2e/*.bats)

jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc || echo 2))
again = +@$(MAKE) --no-print-directory $(jobs)

all: $(B)/caseq caseq ## build ./caseq (the default)

# Built with the defaults it is found at ./caseq, else in $(B).
caseq: $(B)/caseq
	@[ $(B) != build ] || cp -f $< $@

$(B)/caseq: $(B)/tui/main.o $(libs)
	$(link)

$(B)/libcore.a: $(call obj,$(core_src))
$(B)/libsources.a: $(call obj,$(sources_src))
$(B)/libtui.a: $(call obj,$(tui_src))
$(B)/libtest.a: $(call obj,$(helper_src))
$(B)/libbench.a: $(call obj,$(bench_helper_src))
$(B)/lib%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^

$(B)/%.o: %.c | have-deps
	@mkdir -p $(@D)
	$(compile) -c -o $@ $<

# The sample as an array of bytes, so that the program needs no file.
ifneq ($(wildcard share/sample.ndjson),)
$(B)/libtui.a: $(B)/sample.o
endif
$(B)/sample.o: $(B)/sample.c
	$(compile) -c -o $@ $<
$(B)/sample.c: share/sample.ndjson
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; \
	echo 'extern const char sample_ndjson[];'; \
	echo 'extern const size_t sample_ndjson_size;'; \
	echo 'const char sample_ndjson[] = {'; \
	od -An -v -td1 $< | awk '{ gsub(/-?[0-9]+/, "&,"); print } END { print 0 }'; \
	echo '};'; \
	echo 'const size_t sample_ndjson_size = sizeof sample_ndjson - 1;'; \
	} >$@.new && mv $@.new $@

# The maps of the json adapter, in the same way.
maps := $(sort $(wildcard share/maps/*.json))
$(B)/libsources.a: $(B)/maps.o
$(B)/maps.o: $(B)/maps.c
	$(compile) -c -o $@ $<
$(B)/maps.c: $(maps)
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; \
	echo '#include "sources/maps.h"'; \
	for f in $(basename $(notdir $^)); do \
		echo "static const char map_$$f[] = {" | tr - _; \
		od -An -v -td1 share/maps/$$f.json | \
		awk '{ gsub(/-?[0-9]+/, "&,"); print } END { print 0 }'; \
		echo '};'; \
	done; \
	echo 'const struct src_map src_maps[] = {'; \
	for f in $(basename $(notdir $^)); do \
		echo "{\"$$f\", map_$$(echo "$$f" | tr - _)},"; \
	done; \
	echo '{NULL, NULL}};'; \
	} >$@.new && mv $@.new $@

$(test_bin): $(B)/%: $(B)/%.o $(B)/libtest.a $(libs)
	$(link) $(test_libs)
$(tool_bin): $(B)/%: $(B)/%_main.o $(B)/libtest.a $(B)/libcore.a
	$(link) $(test_libs)
$(bench_bin): $(B)/%: $(B)/%.o $(B)/libbench.a $(B)/libsources.a $(B)/libcore.a
	$(link)

$(B)/tests/fuzz/fuzz_adapter_%: $(B)/tests/fuzz/fuzz_adapter.o \
    $(B)/libsources.a $(B)/libcore.a
	$(link) -fsanitize=fuzzer
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/libsources.a \
    $(B)/libcore.a
	$(link) -fsanitize=fuzzer

# The store again without its fence check: a control that has to fail.
$(B)/nofence/%.o: %.c | have-deps
	@mkdir -p $(@D)
	$(compile) -DCQ_TEST_NO_FENCE -c -o $@ $<
$(B)/nofence/libcore.a: $(patsubst %.c,$(B)/nofence/%.o,$(core_src))
	@rm -f $@
	@$(AR) rcs $@ $^
$(B)/tests/faults/chaos: $(call obj,$(faults_src)) $(B)/libcore.a
	$(link)
$(B)/nofence/chaos: $(call obj,$(faults_src)) $(B)/nofence/libcore.a
	$(link)

have-deps:
	@pkg-config --exists $(PKGS) 2>/dev/null || { echo "caseq needs" \
	"libraries that are not here: \"make deps\" installs them" >&2; exit 1; }

deps: ## install what is missing to build and test (Debian: apt-get)
	@build-aux/deps build test

demo: ## build, then open a sandbox queue with two colleagues at work
	@build-aux/deps build
	$(again) all
	@./caseq demo

run: ## build, then run ./caseq $(ARGS)
	@build-aux/deps build
	$(again) all
	@./caseq $(ARGS)

test: ## build, run every test suite; ends with "N passed, N failed"
	@build-aux/deps build test
	$(again) run-tests

check: test ## the same as test

check-asan: ## all suites again under AddressSanitizer and UBSan
	@build-aux/deps build test
	$(again) run-tests B=$(B)/asan CFLAGS="-O1 -g $(asan)" LDFLAGS="$(asan)" \
	warn="-Wall -Wextra" LIMIT_S=400
# Without -Werror: the checks make gcc warn of what cannot happen.
asan = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

check-valgrind: ## all C suites and line mode again under valgrind; takes long
	@build-aux/deps build test valgrind
	@UNDER="$(valgrind)" LIMIT_S=1800 $(MAKE) --no-print-directory test \
	TESTS="$(or $(TESTS),$(test_bin) $(wildcard tests/e2e/cli_*.bats))"
valgrind = valgrind -q --vgdb=no --error-exitcode=9 --leak-check=full \
	--show-leak-kinds=$(leaks) --errors-for-leak-kinds=$(leaks) \
	--suppressions=$(CURDIR)/tests/valgrind.supp
leaks = definite,indirect

# What does not build is missed, and counted, by runtests.
run-tests:
	+@$(MAKE) --no-print-directory -k $(B)/caseq $(test_bin) \
	$(tool_bin) || true
	@ASAN_OPTIONS=halt_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 \
	CASEQ=$(abspath $(B))/caseq build-aux/runtests \
	$(or $(TESTS),$(bats) $(test_bin))

check-late: ## the suites of the screens, with keys that come late
	@KEYS_LATE_S=0.3 WAIT_S=25 $(MAKE) --no-print-directory test \
	TESTS="$(wildcard tests/e2e/tui_*.bats)"

check-servers: ## try it on servers that others wrote; installs them
	@build-aux/deps build test servers
	$(again) $(B)/caseq
	@CASEQ=$(abspath $(B))/caseq tests/servers/run $(B)/servers $(SUITES)

check-deps: all ## hold the rules about who may include and call what
	@build-aux/check-deps $(B)

lint: ## clang-format, cppcheck, shellcheck, mandoc, and clang's warnings
	@build-aux/deps build test lint
	@build-aux/lint
	$(again) lint-clang B=$(B)/clang CC=clang CFLAGS=-O1
lint-clang: $(B)/caseq $(test_bin) $(tool_bin)

fmt: ## rewrite all C files in the house style
	@build-aux/lint --fix

bench: ## measure ingest at a million posts, hostile ones, and a long feed
	@build-aux/deps build
	-@build-aux/deps bench
	$(again) $(B)/caseq $(bench_bin)
	@for b in $(bench_bin); do $$b || exit; done
	@$(B)/tests/bench/bench_ingest --claim

bench-dedup: all ## how well posts are folded: DATA=dir SCORE=program [TASKS=...]
	@tests/bench/bench_dedup.sh $(abspath $(B))/caseq $(DATA) $(SCORE) $(TASKS)

fuzz: ## throw odd texts at what reads them, FUZZ_S=60 seconds a program
	@build-aux/deps build fuzz
	$(again) run-fuzz B=$(B)/fuzz CC=clang LDFLAGS="$(asan)" \
	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link $(asan)"
run-fuzz: $(fuzz_bin)
	@build-aux/runfuzz $(FUZZ_S) $(fuzz_bin)
FUZZ_S = 60

chaos: ## kill processes at work for a minute, then check everything
	@build-aux/deps build
	$(again) $(B)/tests/faults/chaos $(B)/nofence/chaos
	@$(B)/tests/faults/chaos -s $(CHAOS_S)
	@$(B)/nofence/chaos -c -s 10
CHAOS_S = 45

install: all ## install into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(man1) $(man5) $(man7) $(doc) $(complete) \
	$(units) $(sysusers) $(share)/maps
	install -m 755 $(B)/caseq $(DESTDIR)$(PREFIX)/bin/caseq
	install -m 644 man/*.1 $(man1)
	install -m 644 man/*.5 $(man5)
	install -m 644 man/*.7 $(man7)
	install -m 644 README.md LICENSE $(doc)
	install -m 644 $(maps) $(share)/maps
	$(B)/caseq completion bash >$(word 1,$(complete))/caseq
	$(B)/caseq completion zsh >$(word 2,$(complete))/_caseq
	$(B)/caseq completion fish >$(word 3,$(complete))/caseq.fish
	sed 's|/usr/local/bin|$(PREFIX)/bin|' share/systemd/caseq@.service \
	>$(word 1,$(units))/caseq@.service
	sed 's|/usr/local/bin|$(PREFIX)/bin|' share/systemd/caseq.service \
	>$(word 2,$(units))/caseq.service
	install -m 644 share/systemd/caseq.sysusers $(sysusers)/caseq.conf
man1 = $(DESTDIR)$(PREFIX)/share/man/man1
man5 = $(DESTDIR)$(PREFIX)/share/man/man5
man7 = $(DESTDIR)$(PREFIX)/share/man/man7
doc = $(DESTDIR)$(PREFIX)/share/doc/caseq
share = $(DESTDIR)$(PREFIX)/share/caseq
complete = $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	$(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
# of the system, of a user
units = $(DESTDIR)$(PREFIX)/lib/systemd/system \
	$(DESTDIR)$(PREFIX)/lib/systemd/user
sysusers = $(DESTDIR)$(PREFIX)/lib/sysusers.d

uninstall: ## take away what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/caseq \
	$(addprefix $(man1)/,$(notdir $(wildcard man/*.1))) \
	$(addprefix $(man5)/,$(notdir $(wildcard man/*.5))) \
	$(addprefix $(man7)/,$(notdir $(wildcard man/*.7))) \
	$(word 1,$(complete))/caseq $(word 2,$(complete))/_caseq \
	$(word 3,$(complete))/caseq.fish $(sysusers)/caseq.conf \
	$(word 1,$(units))/caseq@.service $(word 2,$(units))/caseq.service
	rm -rf $(doc) $(share)

clean: ## remove everything that was built
	rm -rf $(B) caseq

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' \
	Makefile

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all bench bench-dedup chaos check check-asan check-deps check-late \
	check-servers check-valgrind clean demo deps fmt have-deps help install \
	lint lint-clang run run-tests test uninstall
.SECONDARY:
.DELETE_ON_ERROR:
