foretoken_library(validate
  SOURCES metrics.cpp baselines.cpp grouping.cpp run.cpp
  HEADERS scorecard.h scored_row.h metrics.h baselines.h grouping.h run.h
  LINK foretoken::calibrate)
