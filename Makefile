# SPDX-License-Identifier: MIT
#
# tcptop. `make help` lists what can be made.
#
# Variables: BUILD (where everything goes), CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR, V=1 (show the
# commands), SANITIZE=address,undefined (a second build beside the first), WERROR= (warnings are
# warnings).

VERSION := 0.1.0

CLANG      ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL    ?= bpftool
PKG_CONFIG ?= pkg-config
PREFIX     ?= /usr/local
DESTDIR    ?=
SANITIZE   ?=
WERROR     ?= -Werror
V          ?= 0
CFLAGS     ?= -O2 -g
comma      := ,

TOP   := build
BUILD ?= $(TOP)$(if $(SANITIZE),/sanitize-$(subst $(comma),-,$(SANITIZE)))

# --- How to compile ------------------------------------------------------------------------------

ifeq ($(V),1)
Q   :=
msg  =
else
Q   := @
msg  = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$(2))';
MAKEFLAGS += --no-print-directory
endif

# The hardening that Debian's own packages have; sanitizers bring their own.
ifeq ($(SANITIZE),)
SAFETY_CFLAGS  := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
SAFETY_LDFLAGS := $(if $(filter Linux,$(shell uname -s)),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
else
SAFETY_CFLAGS  := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
SAFETY_LDFLAGS := -fsanitize=$(SANITIZE)
endif

ALL_CFLAGS  := -std=c11 -Wall -Wextra -Wformat -Wformat-security $(WERROR) $(SAFETY_CFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(SAFETY_LDFLAGS) $(LDFLAGS)
ALL_CPPFLAGS = -I. -DTCPTOP_VERSION='"$(VERSION)"' $(CPPFLAGS)

# What is common to a recording and a Mac, and what only Linux has.
POSIX := -D_POSIX_C_SOURCE=200809L
LINUX := -D_GNU_SOURCE

pkg = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
FORMAT_LIBS = $(or $(call pkg,--libs,libzstd zlib),-lzstd -lz)
RECORD_LIBS = -lbpf -lelf $(FORMAT_LIBS)

# --- What there is -------------------------------------------------------------------------------

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

FORMAT_SRC := $(sort $(wildcard format/*.c))
RECORD_SRC := $(sort $(wildcard record/*.c))
REPORT_SRC := $(sort $(wildcard report/*.c))
TEST_SRC   := $(sort $(wildcard tests/*_test.c))
SHARED_SRC := $(sort $(filter-out $(TEST_SRC),$(wildcard tests/*.c)))
LIVE_SRC   := $(sort $(wildcard tests/live/*.c))
TOOL_SRC   := $(sort $(wildcard tests/cli/*.c tests/bench/*.c tests/tables/*.c))
HELPER_SRC := $(TOOL_SRC) $(LIVE_SRC)
C_FILES    := $(sort $(wildcard *.[ch] */*.[ch] tests/*/*.[ch]))
SCRIPTS    := $(shell grep -lsE -d skip '^\#!.*sh$$|^\# shellcheck shell=' .ci/* tests/* tests/*/* tests/cli/bin/*)

PYTHON     := $(shell grep -lsE -d skip '^\#!.*python3$$' tests/* tests/*/*) $(wildcard tests/bench/*.py tests/tables/*.py)

# The part of record/ that cannot be linked without the BPF object.
TRACER_SRC := $(if $(RECORD_SRC),$(shell grep -l 'tcptop\.skel\.h' $(RECORD_SRC)))

# In tests/live/ what has a main is a program; the rest is common to these.
LIVE_MAINS := $(if $(LIVE_SRC),$(shell grep -l '^int main\b' $(LIVE_SRC)))

PROGRAMS := $(BUILD)/tcptop-record $(BUILD)/tcptop-report
TESTS    := $(patsubst %.c,$(BUILD)/%,$(TEST_SRC))
HELPERS  := $(patsubst %.c,$(BUILD)/%,$(TOOL_SRC) $(LIVE_MAINS))
SKELETON := $(BUILD)/bpf/tcptop.skel.h

LINTS := lint-format lint-tidy lint-cppcheck lint-scripts lint-python lint-manuals

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all programs tests deps deps-lint deps-vm deps-servers deps-anywhere deps-fuzz deps-npm deps-tables \
	deps-bench demo test test-vm test-threads test-servers test-anywhere test-tables test-fire \
	test-long soak fuzz fuzzers bench lint $(LINTS) format install uninstall clean help FORCE
.DEFAULT_GOAL := all

all: programs

programs: $(PROGRAMS)

tests: $(TESTS) $(HELPERS)

# --- Objects -------------------------------------------------------------------------------------

# Rewritten when its text changes, so that what depends on it is built anew.
remember = mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
	printf '%s\n' '$(subst ','\'',$(1))' >$@

$(BUILD)/.flags: FORCE
	@$(call remember,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))

$(BUILD)/.sources: FORCE
	@$(call remember,$(FORMAT_SRC) $(RECORD_SRC) $(REPORT_SRC) $(SHARED_SRC) $(LIVE_SRC))

$(BUILD)/format/%.o: FEATURES := $(POSIX)
$(BUILD)/report/%.o: FEATURES := $(POSIX) -pthread
$(BUILD)/record/%.o: FEATURES := $(LINUX) -pthread -I$(BUILD)/bpf
$(BUILD)/tests/%.o: FEATURES := $(LINUX)
$(BUILD)/tests/live/%.o: FEATURES := $(LINUX) -pthread

$(BUILD)/%.o: %.c $(BUILD)/.flags
	@mkdir -p $(@D)
	$(call msg,CC,$@)
	$(Q)$(CC) $(FEATURES) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(call objects,$(TRACER_SRC)): $(SKELETON)

-include $(patsubst %.o,%.d,$(call objects,$(FORMAT_SRC) $(RECORD_SRC) $(REPORT_SRC) $(TEST_SRC) \
	$(SHARED_SRC) $(HELPER_SRC)))

# --- BPF -----------------------------------------------------------------------------------------

BPF_ARCH := $(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(shell uname -m)))
BPF_CFLAGS = -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall $(WERROR) -I. \
	$(addprefix -I/usr/include/,$(shell $(CC) -print-multiarch 2>/dev/null))

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call msg,BPF,$@)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@ $<
	$(Q)$(LLVM_STRIP) -g $@

# bpftool is in /usr/sbin, where the PATH of a user other than root does not lead.
$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)echo '/* NOLINTBEGIN: generated */' >$@
	$(Q)PATH="$$PATH:/usr/sbin:/sbin" $(BPFTOOL) gen skeleton $< name $*_bpf >>$@
	$(Q)echo '/* NOLINTEND */' >>$@

-include $(BUILD)/bpf/tcptop.bpf.d

# --- Programs ------------------------------------------------------------------------------------

# The recorder does without the reader, the report without the writer: said here, so that the
# linker complains when someone forgets.
RECORD_OBJ := $(call objects,$(RECORD_SRC) $(filter-out format/reader.c format/jump.c,$(FORMAT_SRC)))
REPORT_OBJ := $(call objects,$(REPORT_SRC) $(filter-out format/writer.c,$(FORMAT_SRC)))

link = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@

$(BUILD)/tcptop-record: $(RECORD_OBJ) $(BUILD)/.sources
	$(call msg,LINK,$@)
	$(Q)$(link) -pthread $(RECORD_OBJ) $(RECORD_LIBS)

$(BUILD)/tcptop-report: $(REPORT_OBJ) $(BUILD)/.sources
	$(call msg,LINK,$@)
	$(Q)$(link) -pthread $(REPORT_OBJ) $(FORMAT_LIBS)

# --- Tests ---------------------------------------------------------------------------------------

# Archives, of which the linker takes only what a program calls.
$(BUILD)/libformat.a: $(call objects,$(FORMAT_SRC))
$(BUILD)/librecord.a: $(call objects,$(filter-out record/main.c $(TRACER_SRC),$(RECORD_SRC)))
$(BUILD)/libreport.a: $(call objects,$(filter-out report/main.c,$(REPORT_SRC)))
$(BUILD)/libtests.a: $(call objects,$(SHARED_SRC))
$(BUILD)/liblive.a: $(call objects,$(filter-out $(LIVE_MAINS),$(LIVE_SRC)))

$(BUILD)/lib%.a: $(BUILD)/.sources
	@mkdir -p $(@D)
	$(call msg,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

# MODULE_test.c is linked against the folder that has MODULE.c. Where two folders have one of that
# name, or to say it outright: record_MODULE_test.c, report_MODULE_test.c. corpus_test.c has what the
# fuzzers' harnesses call.
side = $(strip $(or $(if $(filter corpus,$(1)),report record),$(call named,$(1),record), \
	$(call named,$(1),report),$(call holds,$(1),record) $(call holds,$(1),report)))
named = $(if $(filter $(2)_%,$(1)),$(if $(wildcard $(2)/$(1:$(2)_%=%).c),$(2)))
holds = $(if $(wildcard $(2)/$(1).c),$(2))
archives = $(patsubst %,$(BUILD)/lib%.a,$(call side,$(1)) format)

define test_rule
$(BUILD)/tests/$(1)_test: $(BUILD)/tests/$(1)_test.o $(BUILD)/libtests.a $(call archives,$(1))
endef
$(foreach t,$(patsubst tests/%_test.c,%,$(TEST_SRC)),$(eval $(call test_rule,$(t))))

$(TESTS):
	$(call msg,LINK,$@)
	$(Q)$(link) -pthread $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(FORMAT_LIBS)

$(patsubst %.c,$(BUILD)/%,$(TOOL_SRC)): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libformat.a
	$(call msg,LINK,$@)
	$(Q)$(link) $^ $(TOOL_LIBS) $(FORMAT_LIBS) -lm

$(BUILD)/tests/bench/empty_probe: TOOL_LIBS := -lbpf -lelf

$(BUILD)/tests/live/%: $(BUILD)/tests/live/%.o $(BUILD)/liblive.a
	$(call msg,LINK,$@)
	$(Q)$(link) -pthread $^

# Everything once more with the sanitizers, in a directory of its own.
SANITIZED := $(TOP)/sanitize-address-undefined

# As many jobs as CPUs, unless the caller has said how many.
CPUS    := $(shell getconf _NPROCESSORS_ONLN)
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(CPUS))

test: deps
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(SANITIZED) SANITIZE=address,undefined all tests
	$(Q)tests/run -b $(TOP) -b $(SANITIZED)

# The live tests under other kernels, in emulation; a kernel that cannot be had is skipped.
test-vm: deps deps-vm
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/run -b $(TOP) vm-6.1 vm-6.12

# What the report does with several threads, under ThreadSanitizer.
THREADED := $(addprefix tests/,$(addsuffix _test,ahead merge run workers))

test-threads: deps
	$(Q)$(MAKE) $(PARALLEL) SANITIZE=thread $(addprefix $(TOP)/sanitize-thread/,$(THREADED))
	$(Q)tests/run -b $(TOP)/sanitize-thread $(patsubst tests/%_test,%,$(THREADED))

# Real servers under load, against their own figures; one that cannot be had is skipped.
test-servers: deps deps-servers
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/run -b $(TOP) servers

# tcptop-report built with musl, and for a big-endian machine, in emulation; what cannot be had is
# skipped.
test-anywhere: deps deps-anywhere
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/run -b $(TOP) anywhere

# Hundreds of recorders killed at random moments; a few of them are part of `make test`.
test-fire: deps
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/run -v -b $(TOP) fire

# CSV and JSON in LibreOffice Calc, SQLite, DuckDB and ClickHouse, by the recipes of
# report/DATABASES.md; one that cannot be had is skipped.
test-tables: deps deps-tables
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/run -b $(TOP) tables

# The tests with numbers drawn at random, or with very many of something, at their full length.
test-long: deps
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)TCPTOP_LONG=20 TIME_LIMIT=1800 tests/run -b $(TOP) damage recover collector

# Fuzzes for FUZZ_SECONDS with each harness and engine: libFuzzer, and AFL++, which brings a driver
# for libFuzzer's harnesses. What is found lies in $(TOP)/fuzz; the kept corpora are part of
# `make test`.
FUZZ_SECONDS ?= 60
FUZZERS      := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
AFL          := $(TOP)/afl

fuzz: deps deps-fuzz
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP)/fuzz CC=$(CLANG) \
		SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)AFL_QUIET=1 $(MAKE) $(PARALLEL) BUILD=$(AFL) CC=afl-clang-fast \
		SANITIZE=address,undefined fuzzers
	$(Q)tests/fuzz/run $(FUZZ_SECONDS) $(TOP)/fuzz $(AFL)

fuzzers: $(FUZZERS)

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libreport.a $(BUILD)/record/parse.o \
		$(BUILD)/libformat.a
	$(call msg,FUZZER,$@)
	$(Q)$(link) -fsanitize=fuzzer $^ $(FORMAT_LIBS)

# tcptop beside its peers, a table; what it lacks it leaves out by name. BENCH: sections and options,
# see tests/bench/bench --help.
BENCH ?=
bench: deps deps-servers deps-bench deps-npm
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)tests/bench/bench --build $(TOP) $(BENCH)

# As many files as a flight recorder makes in an hour, by default in a tenth of that.
SOAK_SECONDS ?= 360

soak: deps
	$(Q)$(MAKE) $(PARALLEL) BUILD=$(TOP) SANITIZE= all tests
	$(Q)SOAK_SECONDS=$(SOAK_SECONDS) tests/live/run $(TOP) soak

demo: deps
	$(Q)$(MAKE) $(PARALLEL) all tests
	$(Q)tests/demo $(BUILD)

# --- Lint ----------------------------------------------------------------------------------------

PRODUCT_SRC := $(FORMAT_SRC) $(REPORT_SRC) $(RECORD_SRC)
TESTING_SRC := $(TEST_SRC) $(SHARED_SRC) $(HELPER_SRC) $(sort $(wildcard tests/fuzz/*.c))
TIDY_FLAGS   = -std=c11 -I. -isystem $(BUILD)/bpf -DTCPTOP_VERSION='"$(VERSION)"'

format: deps-lint
	clang-format -i $(C_FILES)

# All of them, whatever one finds.
lint: deps deps-lint
	$(Q)$(MAKE) -k $(LINTS)

lint-format:
	$(call msg,FORMAT,C files)
	$(Q)clang-format --dry-run -Werror $(C_FILES)

# A process for each of the files $(1), as many at a time as CPUs, with the flags $(2).
tidy = printf '%s\n' $(1) | xargs -P$(CPUS) -I{} \
	clang-tidy --quiet --warnings-as-errors='*' $(3) {} -- $(TIDY_FLAGS) $(2) 2>/dev/null

# Neither analyser knows that cmocka's assertions do not return, so what they say of paths through
# tests is left out; so is cppcheck's belief that an element of a static array is a local variable.
lint-tidy: $(SKELETON)
	$(call msg,TIDY,C files)
	$(Q)$(call tidy,$(FORMAT_SRC) $(REPORT_SRC),$(POSIX))
	$(Q)$(call tidy,$(RECORD_SRC),$(LINUX))
	$(Q)$(call tidy,$(TESTING_SRC),$(LINUX),--checks='-clang-analyzer-*')

lint-cppcheck:
	$(call msg,CPPCHECK,C files)
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr --suppress=returnDanglingLifetime --suppress='ctuuninitvar:tests/*' \
		-I. -DTCPTOP_VERSION='"$(VERSION)"' -D'LIBBPF_OPTS(t,n,...)=struct t n = {__VA_ARGS__}' \
		$(PRODUCT_SRC) $(TESTING_SRC)

lint-scripts:
	$(call msg,SHELL,scripts)
	$(Q)shellcheck -x $(filter-out tests/vm/init,$(SCRIPTS))
	$(Q)shellcheck -s dash tests/vm/init
	$(Q)shellcheck -s sh $(wildcard tests/cli/*/*/cmd)

lint-python:
	$(call msg,PYTHON,scripts)
	$(Q)pyflakes3 $(PYTHON)

lint-manuals:
	$(call msg,MANDOC,manual pages)
	$(Q)$(if $(MANUALS),mandoc -T lint -W warning $(MANUALS),:)

# --- What must be installed ----------------------------------------------------------------------

PACKAGES := gcc libc6-dev make pkg-config clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev \
	libzstd-dev libcmocka-dev iproute2 python3 zstd
LINT_PACKAGES    := clang-format clang-tidy cppcheck mandoc pyflakes3 shellcheck
VM_PACKAGES      := qemu-system-x86 busybox-static
FUZZ_PACKAGES    := afl++ libclang-rt-dev
ANYWHERE_PACKAGES := musl-tools gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user
BENCH_PACKAGES   := bpftrace linux-perf mawk miller sqlite3 tcpdump trace-cmd xz-utils
SERVER_PACKAGES  := apache2-utils curl iperf3 jq nginx-light openssh-client openssh-server procps \
	redis-server redis-tools socat wrk
TABLE_PACKAGES   := libreoffice-calc-nogui locales sqlite3
# DuckDB and ClickHouse's own engine.
NPM_PACKAGES     := @duckdb/node-api chdb

# Installs those of the packages $(1) that are missing; elsewhere than on Debian only names them. Tries
# again where a mirror fails for a moment, or somebody else installs something.
define install_packages
command -v dpkg-query >/dev/null || { \
	echo "tcptop: this is not Debian; the build wants what Debian calls: $(1)"; exit 0; }; \
missing=; for p in $(1); do \
	dpkg-query -W -f '$${Status}' "$$p" 2>/dev/null | grep -q 'ok installed' || \
		missing="$$missing $$p"; \
done; \
[ -n "$$missing" ] || exit 0; \
echo "tcptop: installing with apt-get:$$missing"; \
sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
[ -z "$$sudo" ] || command -v sudo >/dev/null || { \
	echo "tcptop: no root and no sudo; as root: apt-get install$$missing" >&2; exit 1; }; \
for pause in 10 30 0; do \
	$$sudo apt-get update -q && \
	$$sudo env DEBIAN_FRONTEND=noninteractive $${SYSTEMD_OFFLINE:+SYSTEMD_OFFLINE=1} \
		apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends $$missing && exit 0; \
	sleep $$pause; \
done; \
exit 1
endef

deps:
	@$(call install_packages,$(PACKAGES))

deps-lint:
	@$(call install_packages,$(LINT_PACKAGES))

deps-fuzz:
	@$(call install_packages,$(FUZZ_PACKAGES))

# Without these the tests that want them are skipped, which they say themselves.
deps-vm:
	@($(call install_packages,$(VM_PACKAGES))) || :

deps-anywhere:
	@($(call install_packages,$(ANYWHERE_PACKAGES))) || :

# The servers are wanted as programs; systemd is not to start them.
deps-servers: export SYSTEMD_OFFLINE := 1
deps-servers:
	@($(call install_packages,$(SERVER_PACKAGES))) || :

deps-bench:
	@($(call install_packages,$(BENCH_PACKAGES))) || :

deps-tables: deps-npm
	@($(call install_packages,$(TABLE_PACKAGES))) || :

# Those that cannot be loaded: not there, or only half of it came.
npm_lacks = for p in $(NPM_PACKAGES); do \
	NODE_PATH=$(TOP)/npm/node_modules node -e "require('$$p')" >/dev/null 2>&1 || echo $$p; done

# What the npm registry has is installed below the build only, and nothing of it is run for that.
deps-npm:
	@$(if $(shell command -v npm),:,($(call install_packages,nodejs npm)) || :)
	@[ -z "$$($(npm_lacks))" ] || { timeout --foreground 400 npm install --prefix $(TOP)/npm \
		--ignore-scripts --no-audit --no-fund $(NPM_PACKAGES) || :; \
		for p in $$($(npm_lacks)); do rm -rf $(TOP)/npm/node_modules/$$p; done; }

# --- Installing ----------------------------------------------------------------------------------

MANUALS := $(wildcard record/tcptop-record.1 report/tcptop-report.1)
BINDIR  := $(DESTDIR)$(PREFIX)/bin
MANDIR  := $(DESTDIR)$(PREFIX)/share/man/man1

install: programs
	install -d '$(BINDIR)' '$(MANDIR)'
	install -m 755 $(PROGRAMS) '$(BINDIR)'
	$(if $(MANUALS),install -m 644 $(MANUALS) '$(MANDIR)')

uninstall:
	rm -f $(foreach p,$(notdir $(PROGRAMS)),'$(BINDIR)/$(p)' '$(MANDIR)/$(p).1')

clean:
	rm -rf '$(BUILD)'

help:
	@echo 'make               the programs, below $(BUILD)/'
	@echo 'make demo          installs what is missing, builds, records and prints real traffic'
	@echo 'make test          installs what is missing, builds, runs every test, also with sanitizers'
	@echo 'make test-vm       the live tests under Debian 6.1 and 6.12 kernels, in emulation'
	@echo 'make test-threads  what the report does with threads, under ThreadSanitizer'
	@echo 'make test-anywhere the kept recordings, by a report built with musl and for s390x'
	@echo 'make test-long     damage and crowds at random, twenty times as long as make test'
	@echo 'make test-servers  nginx, redis, sshd, iperf3 under load, against their own figures'
	@echo 'make bench         measures tcptop beside its peers; BENCH="--help" says what'
	@echo 'make test-tables   CSV and JSON in LibreOffice Calc, SQLite, DuckDB, ClickHouse'
	@echo 'make test-fire     hundreds of recorders killed at random moments'
	@echo 'make fuzz          fuzzes with libFuzzer and AFL++, FUZZ_SECONDS=$(FUZZ_SECONDS) each'
	@echo 'make soak          a flight recorder for SOAK_SECONDS=$(SOAK_SECONDS), ten files a second'
	@echo 'make tests         builds the tests only; tests/run NAME… runs some of them'
	@echo 'make lint          clang-format, clang-tidy, cppcheck, shellcheck, pyflakes, mandoc'
	@echo 'make format        clang-format on every C file'
	@echo 'make deps          installs the Debian packages that are missing'
	@echo 'make install       DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)'
	@echo 'make uninstall     DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)'
	@echo 'make clean         removes $(BUILD)/'
	@echo
	@echo 'V=1 shows the commands; CC=clang; SANITIZE=address,undefined builds beside the usual;'
	@echo 'BUILD=DIR builds elsewhere; WERROR= lets warnings pass.'
