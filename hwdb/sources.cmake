foretoken_library(hwdb
  SOURCES
    device.cpp device_yaml.cpp device_checks.cpp device_parameters.cpp device_parameter_table.cpp core_clock.cpp energy_constants.cpp
    runtime.cpp runtime_yaml.cpp runtime_checks.cpp name_index.cpp catalog.cpp runtime_catalog.cpp
  HEADERS
    device.h device_yaml.h device_checks.h device_parameters.h core_clock.h energy_constants.h runtime.h runtime_yaml.h
    name_index.h catalog.h runtime_catalog.h file_set.h runtime_checks.h
  LINK foretoken::base)
