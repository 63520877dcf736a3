foretoken_library(ops
  SOURCES
    op.cpp demand.cpp graph.cpp coefficient_id.cpp context.cpp law_spec.cpp law_yaml.cpp load.cpp
    context_of.cpp cores.cpp draws.cpp uncertainty.cpp coefficients.cpp coefficient_draws.cpp uncertainty_file.cpp
    coefficient_file.cpp energy.cpp
  HEADERS
    op.h demand.h roofline.h graph.h coefficient_id.h context.h law_spec.h load.h context_of.h
    cores.h draws.h uncertainty.h coefficients.h coefficient_draws.h uncertainty_file.h
    coefficient_file.h energy.h
  LINK foretoken::base foretoken::hwdb
  LINK_PRIVATE Boost::graph)
