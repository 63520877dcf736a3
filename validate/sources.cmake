foretoken_library(validate
  SOURCES metrics.cpp baselines.cpp energy_baselines.cpp grouping.cpp chosen_pools.cpp limits.cpp row_lines.cpp run.cpp few_shot.cpp compare.cpp run_hints.cpp quality.cpp memory.cpp sustained.cpp
  HEADERS scorecard.h scored_row.h metrics.h baselines.h energy_baselines.h grouping.h chosen_pools.h limits.h row_lines.h run.h few_shot.h compare.h run_hints.h quality.h memory.h sustained.h
  LINK foretoken::calibrate
  LINK_PRIVATE TBB::tbb)
