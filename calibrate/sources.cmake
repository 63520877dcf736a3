foretoken_library(calibrate
  SOURCES
    csv_cells.cpp build_date.cpp labels.cpp row_notes.cpp decode_csv.cpp kernel_csv.cpp resolver.cpp serving_point.cpp
    kernel_resolver.cpp design_builder.cpp row_model.cpp solve.cpp posterior.cpp fit.cpp dataset.cpp
    energy_row.cpp memory_rows.cpp memory_calibration.cpp row_keys.cpp misfit.cpp uncertainty.cpp side_by_side.cpp
    folds.cpp predicted_time.cpp few_shot.cpp run.cpp priced_row.cpp next_measurement.cpp device_questions.cpp
    add_rows.cpp quality_cases.cpp quality_fit.cpp quality_folds.cpp
    row_columns.cpp row_store.cpp import_record.cpp import_json.cpp import_sql.cpp
    import_markdown.cpp import_llama_bench.cpp import_llama_table.cpp import_batched_bench.cpp
    import_op_params.cpp import_op_perf.cpp import_op_console.cpp import_vllm.cpp import_ollama.cpp import_llama_log.cpp
    import_own_csv.cpp import_file.cpp import_names.cpp import.cpp
  HEADERS
    measurement.h csv_cells.h build_date.h labels.h row_notes.h decode_csv.h kernel_csv.h resolver.h serving_point.h
    kernel_resolver.h fit_row.h design_builder.h row_model.h solve.h posterior.h fit.h dataset.h
    energy_row.h memory_rows.h memory_calibration.h row_keys.h misfit.h uncertainty.h side_by_side.h folds.h predicted_time.h few_shot.h run.h
    priced_row.h next_measurement.h device_questions.h add_rows.h quality_fit.h
    row_columns.h row_store.h import_record.h import_json.h import_sql.h import_markdown.h
    import_readers.h import_op_params.h import_file.h import_names.h import.h
  LINK foretoken::sim
  LINK_PRIVATE Ceres::ceres Eigen3::Eigen TBB::tbb)
