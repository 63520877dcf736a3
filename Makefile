# The commands to know. JOBS sets how many processes run at once.
.PHONY: run test bench scorecards format tidy clean-build build

SOURCES = $(wildcard $(foreach d,base hwdb ops model sim calibrate probe validate app bench, \
            $(d)/*.h $(d)/*.cpp $(d)/*.cu) tests/*/*.h tests/*/*.cpp)

# Builds what is missing and shows the program at work.
run: build
	@scripts/run_main.sh

# The last line says "N passed, N failed".
test: build
	@scripts/run_tests.sh release

build:
	@scripts/install_packages.sh
	@scripts/build.sh release

bench:
	@scripts/install_packages.sh
	@scripts/build.sh release -DFORETOKEN_BUILD_BENCH=ON
	@scripts/run_bench.sh

# Fits the shipped coefficients, computes the scorecards and writes both, with the bars, to their files.
scorecards: build
	@build/release/foretoken calibrate
	@scripts/fill_scorecards.sh --limits

format:
	@clang-format -i $(SOURCES)

tidy:
	@scripts/run_tidy.sh $(FILES)

clean-build:
	@rm -rf build/release
	@$(MAKE) --no-print-directory build
