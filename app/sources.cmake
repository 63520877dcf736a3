# Everything but `main` is a library, so that tests reach it.
foretoken_library(app
  SOURCES
    version.cpp console.cpp flags.cpp values.cpp digits.cpp table.cpp json_text.cpp
    data_folders.cpp command.cpp predict_options.cpp default_format.cpp
    request_axes.cpp asked_devices.cpp combinations.cpp answer.cpp
    answer_text.cpp answer_table.cpp answer_json.cpp predict_command.cpp pareto.cpp tradeoff.cpp
    tradeoff_formats.cpp tradeoff_options.cpp tradeoff_plot.cpp tradeoff_render.cpp
    tradeoff_command.cpp op_question.cpp
    op_roofs.cpp op_command.cpp list_command.cpp facts_device.cpp facts_runtime.cpp facts_model.cpp
    facts_weights.cpp
    show_command.cpp data_lint.cpp check_data_command.cpp calibrate_command.cpp
    import_command.cpp probe_backends.cpp probe_rows.cpp probe_text.cpp probe_describe.cpp probe_command.cpp
    scorecard_text.cpp add_rows_text.cpp compare_text.cpp compare_command.cpp
    scorecard_json.cpp few_shot_text.cpp quality_text.cpp memory_card_text.cpp sustained_text.cpp rows_csv.cpp validate_command.cpp
  HEADERS
    version.h console.h flags.h values.h digits.h table.h json_text.h data_folders.h outcome.h
    command.h predict_options.h default_format.h request_axes.h asked_devices.h combinations.h answer.h answer_text.h
    answer_table.h answer_json.h pareto.h tradeoff.h tradeoff_render.h op_question.h op_roofs.h facts.h data_lint.h scorecard_text.h
    scorecard_json.h few_shot_text.h quality_text.h memory_card_text.h sustained_text.h rows_csv.h add_rows_text.h compare_text.h probe_backends.h
    probe_rows.h probe_text.h probe_describe.h
  LINK foretoken::validate foretoken::probe
  LINK_PRIVATE Boost::program_options
  PRECOMPILE <nlohmann/json.hpp>)
# Text and flags: what takes long stands in the other folders, and -O3 only makes this one longer to build.
target_compile_options(foretoken_app PRIVATE $<$<CONFIG:Release>:-O1>)
target_compile_definitions(foretoken_app PRIVATE FORETOKEN_VERSION="${PROJECT_VERSION}")

add_executable(foretoken ${CMAKE_SOURCE_DIR}/app/main.cpp)
target_link_libraries(foretoken PRIVATE foretoken::app foretoken_warnings)
set_target_properties(foretoken PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
