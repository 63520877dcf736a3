foretoken_library(base
  SOURCES
    year.cpp error.cpp suggest.cpp unit_text.cpp yaml_text.cpp yaml_parse.cpp yaml_map.cpp yaml_file.cpp
    json_file.cpp csv_scan.cpp csv_table.cpp gzip_file.cpp h5_calls.cpp h5_writer.cpp h5_reader.cpp
    text_file.cpp hash.cpp normal.cpp number_format.cpp utf8.cpp
  HEADERS
    year.h quantity.h error.h suggest.h unit_text.h yaml_map.h yaml_text.h yaml_tree.h json_file.h
    csv_scan.h csv_table.h gzip_file.h h5_file.h text_file.h hash.h normal.h estimate.h
    number_format.h utf8.h
  LINK fmt::fmt nlohmann_json::nlohmann_json
  LINK_PRIVATE yaml-cpp Boost::iostreams hdf5::hdf5)
