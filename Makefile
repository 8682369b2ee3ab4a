# caseq: see "make help" for what each target does.

CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
PKGS = ncursesw sqlite3 libcurl libcjson libxml-2.0 libutf8proc libcrypto
B = build

warn = -Wall -Wextra -Werror
std = -std=c11 -D_GNU_SOURCE -I.
pkg_cflags := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
pkg_libs := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

core_src := $(wildcard core/*.c core/store/*.c)
sources_src := $(wildcard sources/*.c)
tui_src := $(filter-out tui/main.c,$(wildcard tui/*.c tui/commands/*.c tui/screens/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))

all: caseq

caseq: $(B)/tui/main.o $(B)/libtui.a $(B)/libsources.a $(B)/libcore.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(pkg_libs)

$(B)/libcore.a: $(call obj,$(core_src))
$(B)/libsources.a: $(call obj,$(sources_src))
$(B)/libtui.a: $(call obj,$(tui_src))
$(B)/lib%.a:
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(std) $(warn) $(pkg_cflags) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/test_%: $(B)/tests/test_%.o $(B)/libtui.a $(B)/libsources.a $(B)/libcore.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(pkg_libs) -lcmocka

clean:
	rm -rf $(B) caseq

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all clean
.SECONDARY:
