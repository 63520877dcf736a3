# Who may include whom, what stays behind its door, and how long a file may be.
# cmake -DROOT=<repository> -P check_layers.cmake

cmake_minimum_required(VERSION 3.25)  # in script mode too: policies as everywhere else

set(layers base hwdb ops model sim calibrate probe validate app)
set(rank_base 0)
set(rank_hwdb 1)
set(rank_ops 2)
set(rank_model 3)
set(rank_sim 4)
set(rank_calibrate 5)
set(rank_probe 5)
set(rank_validate 6)
set(rank_app 7)
set(longest_file 400)

set(violations "")
macro(violation text)
  string(APPEND violations "${text}\n")
endmacro()

# Includes that only some files may have: "<pattern of the include>|<pattern of files>|<say>".
set(doors
  "^ceres/|^calibrate/|Ceres belongs in calibrate/"
  "^yaml-cpp/|^base/yaml[^/]*\\.cpp$|yaml-cpp belongs in base/yaml*.cpp"
  "^(hdf5|H5)|^base/h5[^/]*$|HDF5 belongs in base/h5*"
  "^ggml|^probe/ggml_[^/]*$|ggml belongs in probe/ggml_*"
  "^boost/graph/|^ops/graph\\.cpp$|Boost.Graph belongs in ops/graph.cpp")

function(code_of path result)
  file(READ "${path}" text)
  string(REGEX REPLACE "[];[]" " " text "${text}")  # lists must not see them
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

foreach(layer IN LISTS layers)
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/${layer}/*.h" "${ROOT}/${layer}/*.cpp")
  set(listed "")
  if(EXISTS "${ROOT}/${layer}/sources.cmake")
    file(READ "${ROOT}/${layer}/sources.cmake" listed)
  endif()
  foreach(file IN LISTS files)
    code_of("${ROOT}/${file}" code)
    string(REGEX MATCHALL "#[ \t]*include[ \t]*[<\"][^>\"\n]*" includes "${code}")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "#[ \t]*include[ \t]*[<\"]" "" header "${include}")
      foreach(door IN LISTS doors)
        string(REGEX MATCH "^(.*)\\|(.*)\\|(.*)$" matched "${door}")
        set(pattern "${CMAKE_MATCH_1}")
        set(allowed "${CMAKE_MATCH_2}")
        set(say "${CMAKE_MATCH_3}")
        if(header MATCHES "${pattern}" AND NOT file MATCHES "${allowed}")
          violation("${file}: includes ${header}: ${say}")
        endif()
      endforeach()
      if(NOT include MATCHES "\"")
        continue()
      endif()
      string(REGEX REPLACE "/.*$" "" other "${header}")
      if(NOT header MATCHES "/" OR NOT DEFINED rank_${other})
        violation("${file}: includes \"${header}\": paths start at a folder of the product")
      elseif(NOT other STREQUAL layer AND NOT rank_${other} LESS rank_${layer})
        violation("${file}: includes ${header}: ${layer}/ may include only lower folders")
      endif()
    endforeach()
    set(prints "std::(cout|cerr|clog)|(^|[^a-z_A-Z0-9])(printf|fprintf|puts|fputs|putchar|perror)[ ]*\\(|fmt::print")
    if(NOT layer STREQUAL "app" AND code MATCHES "${prints}")
      violation("${file}: prints: nothing below app/ does")
    endif()
    get_filename_component(name "${file}" NAME)
    if(file MATCHES "\\.cpp$" AND NOT "${listed}" MATCHES "(^|[^a-z_0-9])${name}([^a-z_0-9]|$)")
      violation("${file}: not listed in ${layer}/sources.cmake")
    endif()
  endforeach()
endforeach()

foreach(folder IN LISTS layers ITEMS tests bench cmake scripts)
  file(GLOB_RECURSE files RELATIVE "${ROOT}"
       "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp" "${ROOT}/${folder}/*.cmake"
       "${ROOT}/${folder}/*.sh" "${ROOT}/${folder}/*.cu" "${ROOT}/${folder}/*.cuh")
  foreach(file IN LISTS files)
    file(READ "${ROOT}/${file}" text)
    string(REGEX REPLACE "[^\n]" "" breaks "${text}")
    string(LENGTH "${breaks}" lines)
    if(lines GREATER longest_file)
      violation("${file}: ${lines} lines, at most ${longest_file} are allowed")
    endif()
  endforeach()
endforeach()

if(violations)
  message(FATAL_ERROR "\n${violations}")
endif()
