foretoken_library(base
  SOURCES
    error.cpp suggest.cpp unit_text.cpp yaml_map.cpp yaml_file.cpp json_file.cpp csv_table.cpp
    h5_writer.cpp h5_reader.cpp text_file.cpp hash.cpp number_format.cpp
  HEADERS
    quantity.h error.h suggest.h unit_text.h yaml_map.h json_file.h csv_table.h h5_file.h
    text_file.h hash.h estimate.h number_format.h
  LINK fmt::fmt nlohmann_json::nlohmann_json
  LINK_PRIVATE yaml-cpp Boost::iostreams hdf5::hdf5)
