# The build of record: PGXS.  CMakeLists.txt serves the developer's tools.
EXTENSION  = extension/langchef_guard
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(dir $(lastword $(MAKEFILE_LIST)))extension/langchef_guard.control)
MODULE_big = langchef_guard
OBJS       = $(patsubst %.cpp,%.o,$(sort $(wildcard src/*.cpp src/*/*.cpp src/core/*/*.cpp)))

EXTENSION_SCRIPT = extension/langchef_guard--$(EXTVERSION).sql
DATA_built     = $(EXTENSION_SCRIPT)
DATA           = $(filter-out $(EXTENSION_SCRIPT),$(wildcard extension/langchef_guard--*--*.sql))

REGRESS        = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS   = --encoding=UTF8 --no-locale
ISOLATION      = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --outputdir=output_iso --load-extension=langchef_guard
TAP_TESTS      = 1
PROVE_TESTS    = $(sort $(wildcard test/tap/*.pl))

PG_CONFIG ?= pg_config
WARNINGS   = -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
ifdef WERROR
WARNINGS  += -Werror
endif

# The server was built by gcc and hands its options on; clang does not know all of them.
ifneq (,$(findstring clang,$(CXX)))
WARNINGS  += -Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-unused-command-line-argument
endif

# -isystem: the server's headers are not ours to warn about.  PGDLLEXPORT is
# empty before PostgreSQL 16, where hidden visibility would export nothing.
PG_CPPFLAGS = -I$(CURDIR)/src -isystem $(shell $(PG_CONFIG) --includedir-server) \
              '-DPGDLLEXPORT=__attribute__((visibility("default")))' \
              '-DLCG_VERSION="$(EXTVERSION)"'
ifdef LCG_DEBUG
PG_CPPFLAGS += -DLCG_DEBUG
endif
PG_CXXFLAGS = -std=c++20 -fvisibility=hidden -fvisibility-inlines-hidden \
              -ffile-prefix-map=$(CURDIR)=. $(WARNINGS) -MMD -MP
# What only a debugger wants takes a third of the time to build.
ifdef LCG_NO_DEBUG_INFO
PG_CXXFLAGS += -g0
endif
SHLIB_LINK  = -Wl,--version-script=$(CURDIR)/src/exports.map
EXTRA_CLEAN = $(EXTENSION_SCRIPT) $(OBJS:.o=.d) src/pg/precompiled.hpp.gch src/pg/precompiled.hpp.d output_iso results regression.diffs regression.out tmp_check

PGXS := $(shell $(PG_CONFIG) --pgxs)
# Bitcode for JIT would be compiled by another compiler without our flags, and
# inlining our functions has no value.  PGXS asks for it while it is read.
override with_llvm := no
include $(PGXS)

# Most of their time the TAP tests wait.  PGXS empties the variable.
PROVE_FLAGS = --timer --jobs 2

# A C++ module is linked by the C++ compiler.
override COMPILER = $(CXX) $(CXXFLAGS)

$(EXTENSION_SCRIPT): $(sort $(wildcard extension/install/*.sql))
	cat $^ > $@

# The server's headers take longer to read than most files take to compile: g++ reads them once for all.
PRECOMPILED = src/pg/precompiled.hpp
ifeq (,$(findstring clang,$(CXX)))
$(PRECOMPILED).gch: $(PRECOMPILED)
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -x c++-header -o $@ $<
$(filter-out src/core/%,$(OBJS)): private CPPFLAGS += -include $(PRECOMPILED)
$(filter-out src/core/%,$(OBJS)): $(PRECOMPILED).gch
-include $(PRECOMPILED).d
endif

-include $(OBJS:.o=.d)

# Reads all files as the compiler does, and makes nothing: what another compiler has to say.
.PHONY: syntax
syntax: $(OBJS:.o=.syntax)
%.syntax: %.cpp
	$(CXX) $(filter-out -MMD -MP,$(CXXFLAGS)) $(CPPFLAGS) -fsyntax-only $<

.PHONY: bench unit
bench: all
	PG_CONFIG='$(PG_CONFIG)' sh test/bench/run.sh

# What drift costs in a database of many tables.
.PHONY: drift-bench
drift-bench: all
	PG_CONFIG='$(PG_CONFIG)' sh test/bench/drift.sh

# Others' tests with the guard beside them; needs Debian's archive.
.PHONY: others
others: ; sh test/others/run.sh $(MAJORVERSION)

# Drift on the database that PostgreSQL's own tests leave behind; needs Debian's archive.
.PHONY: drift-regression
drift-regression: ; sh test/others/regression.sh $(MAJORVERSION)

# What is refused, recorded and not seen, compared with docs.
.PHONY: firing-matrix
firing-matrix: PROVE_TESTS = test/matrix/firing_matrix.pl
firing-matrix: ; $(prove_installcheck)

# What drift tells and what it takes for equal, compared with docs.
.PHONY: drift-battery
drift-battery: PROVE_TESTS = test/matrix/drift_battery.pl
drift-battery: ; $(prove_installcheck)

# What repair does about it.
.PHONY: repair-battery
repair-battery: PROVE_TESTS = test/matrix/repair_battery.pl
repair-battery: ; $(prove_installcheck)

# What the TAP tests do a few times, many times.
.PHONY: crash races brute
crash: export LCG_CRASH_ROUNDS = 200
crash: PROVE_TESTS = test/tap/100_crash.pl
crash: ; $(prove_installcheck)
races: export LCG_RACES = 1000
races: PROVE_TESTS = test/tap/101_token_race.pl
races: ; $(prove_installcheck)
brute: export LCG_GUESSES = 1000000
brute: PROVE_TESTS = test/tap/103_brute_force.pl
brute: ; $(prove_installcheck)

# A snapshot document of half a gigabyte: its time and memory.
.PHONY: long-document
long-document: export LCG_DOCUMENT_MB = 500
long-document: PROVE_TESTS = test/tap/111_bad_documents.pl
long-document: ; $(prove_installcheck)

# What is tried against the guard, and what comes of it, compared with docs.
.PHONY: security-matrix
security-matrix: PROVE_TESTS = test/matrix/security_matrix.pl
security-matrix: ; $(prove_installcheck)
