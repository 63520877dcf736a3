foretoken_library(sim
  SOURCES
    library.cpp step_loads.cpp step_cost.cpp step_draws.cpp compute_buffer.cpp
    memory_law.cpp memory_fit.cpp interval.cpp charge.cpp predict.cpp
    check_command.cpp energy_loads.cpp energy.cpp
    quality_row.cpp quality_terms.cpp quality_priors.cpp quality_law.cpp quality_coefficients.cpp quality_file.cpp quality.cpp
  HEADERS
    library.h request.h step_loads.h step_cost.h step_draws.h compute_buffer.h memory_law.h memory_fit.h charge.h report.h interval.h predict.h
    check_command.h energy_loads.h energy.h
    quality_row.h quality_terms.h quality_priors.h quality_law.h quality_coefficients.h quality_file.h quality.h
  LINK foretoken::model)
