# One library per folder. Sources and headers are listed in the folder's own sources.cmake, no glob.

# The target all_verify_interface_header_sets compiles every public header alone.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Headers that most files read are parsed once a target. Other presets leave this off: a file that
# forgets an include fails there.
option(FORETOKEN_PRECOMPILED_HEADERS "Precompile the headers of other libraries" OFF)
set(foretoken_common_headers
  <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set>
  <span> <string> <string_view> <utility> <vector> <fmt/format.h>)

add_library(foretoken_warnings INTERFACE)
target_compile_options(foretoken_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion
  -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wno-null-dereference>  # g++ 12 reports it inside libstdc++ at -O2
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false in std::string of g++ 12 at -O3 (its bug 105651)
  # The same bug, met where the library's headers are precompiled.
  "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${FORETOKEN_PRECOMPILED_HEADERS}>>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>"
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers>  # designated initialisers are house style
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers>
  $<$<BOOL:${FORETOKEN_WARNINGS_AS_ERRORS}>:-Werror>)

# foretoken_library(name SOURCES ... HEADERS ... LINK ... LINK_PRIVATE ... PRECOMPILE headers...)
function(foretoken_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LINK;LINK_PRIVATE;PRECOMPILE" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/${name}/)
  list(TRANSFORM ARG_HEADERS PREPEND ${CMAKE_SOURCE_DIR}/${name}/)
  add_library(foretoken_${name} STATIC ${ARG_SOURCES})
  add_library(foretoken::${name} ALIAS foretoken_${name})
  target_sources(foretoken_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}
                 FILES ${ARG_HEADERS})
  target_link_libraries(foretoken_${name} PUBLIC ${ARG_LINK}
                        PRIVATE ${ARG_LINK_PRIVATE} $<BUILD_INTERFACE:foretoken_warnings>)
  if(FORETOKEN_PRECOMPILED_HEADERS)
    target_precompile_headers(foretoken_${name} PRIVATE ${foretoken_common_headers} ${ARG_PRECOMPILE})
  endif()
endfunction()
