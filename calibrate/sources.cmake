foretoken_library(calibrate
  SOURCES
    csv_cells.cpp build_date.cpp labels.cpp row_notes.cpp decode_csv.cpp kernel_csv.cpp resolver.cpp
    serving_point.cpp kernel_resolver.cpp design_builder.cpp row_model.cpp solve.cpp posterior.cpp fit.cpp dataset.cpp
    row_keys.cpp misfit.cpp uncertainty.cpp side_by_side.cpp
    folds.cpp few_shot.cpp run.cpp
  HEADERS
    measurement.h csv_cells.h build_date.h labels.h row_notes.h decode_csv.h kernel_csv.h resolver.h
    serving_point.h kernel_resolver.h fit_row.h design_builder.h row_model.h solve.h posterior.h fit.h dataset.h
    row_keys.h misfit.h uncertainty.h side_by_side.h folds.h few_shot.h run.h
  LINK foretoken::sim
  LINK_PRIVATE Ceres::ceres Eigen3::Eigen TBB::tbb)
