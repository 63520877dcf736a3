# Plants one violation at a time in a small tree and sees that check_layers.cmake fails for it, and
# that it passes the tree without any.
# cmake -DSCRIPT=<check_layers.cmake> -DFOLDER=<scratch> -P check_layers_test.cmake

set(failures "")

# expect(name wanted file text...): the tree with `file` holding `text` gives a message that matches
# `wanted`; "" means that the check passes.
function(expect name wanted file text)
  file(REMOVE_RECURSE "${FOLDER}")
  file(WRITE "${FOLDER}/base/a.h" "#pragma once\n#include <vector>\n// std::cout in a comment\n")
  file(WRITE "${FOLDER}/base/sources.cmake" "a.cpp yaml_a.cpp h5_a.cpp")
  file(WRITE "${FOLDER}/ops/sources.cmake" "graph.cpp b.cpp")
  file(WRITE "${FOLDER}/calibrate/sources.cmake" "fit.cpp")
  file(WRITE "${FOLDER}/app/sources.cmake" "main.cpp")
  file(WRITE "${FOLDER}/${file}" "${text}")
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${FOLDER}" -P "${SCRIPT}"
                  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(wanted STREQUAL "")
    if(NOT code EQUAL 0)
      message(SEND_ERROR "${name}: passes were expected, got:\n${output}")
    endif()
  elseif(code EQUAL 0 OR NOT output MATCHES "${wanted}")
    message(SEND_ERROR "${name}: expected '${wanted}', got (exit ${code}):\n${output}")
  endif()
endfunction()

expect("clean" "" ops/b.cpp "#include \"ops/b.h\"\n#include \"base/a.h\"\n#include <string>\n")
expect("snprintf is no printing" "" base/a.cpp "int n = std::snprintf(buffer, 3, text);\n")
expect("app prints" "" app/main.cpp "int main() { fmt::print(\"x\"); }\n")
expect("ceres in calibrate" "" calibrate/fit.cpp "#include <ceres/ceres.h>\n")
expect("yaml-cpp at its door" "" base/yaml_a.cpp "#include <yaml-cpp/yaml.h>\n")
expect("hdf5 at its door" "" base/h5_a.cpp "#include <hdf5.h>\n")
expect("graph at its door" "" ops/graph.cpp "#include <boost/graph/adjacency_list.hpp>\n")

expect("upward include" "base/a.cpp: includes ops/b.h" base/a.cpp "#include \"ops/b.h\"\n")
expect("sideways include" "calibrate/fit.cpp: includes probe/p.h" calibrate/fit.cpp
       "#include \"probe/p.h\"\n")
expect("unknown folder" "paths start at a folder" base/a.cpp "#include \"tests/x.h\"\n")
expect("no folder" "paths start at a folder" base/a.cpp "#include \"a.h\"\n")
expect("ceres outside" "Ceres belongs" ops/b.cpp "#include <ceres/jet.h>\n")
expect("ceres quoted" "Ceres belongs" ops/b.h "#  include \"ceres/jet.h\"\n")
expect("yaml-cpp outside" "yaml-cpp belongs" base/a.cpp "#include <yaml-cpp/yaml.h>\n")
expect("yaml-cpp in a header" "yaml-cpp belongs" base/yaml_a.h "#include <yaml-cpp/yaml.h>\n")
expect("hdf5 outside" "HDF5 belongs" calibrate/fit.cpp "#include <hdf5.h>\n")
expect("hdf5 part outside" "HDF5 belongs" calibrate/fit.cpp "#include <H5Fpublic.h>\n")
expect("graph outside" "Boost.Graph belongs" ops/b.cpp "#include <boost/graph/graph_traits.hpp>\n")
expect("ggml at its door" "" probe/ggml_a.h "#include <ggml.h>\n")
expect("ggml outside" "ggml belongs" probe/a.h "#include <ggml-backend.h>\n")
expect("cout" "ops/b.cpp: prints" ops/b.cpp "void f() { std::cout << 1; }\n")
expect("cerr" "ops/b.cpp: prints" ops/b.cpp "void f() { std::cerr << 1; }\n")
expect("printf" "ops/b.cpp: prints" ops/b.cpp "void f() { std::printf(\"x\"); }\n")
expect("fmt::print" "ops/b.h: prints" ops/b.h "inline void f() { fmt::print(\"x\"); }\n")
expect("unlisted source" "ops/c.cpp: not listed" ops/c.cpp "int x;\n")
string(REPEAT "\n" 401 many_lines)
expect("long file" "ops/b.cpp: 401 lines" ops/b.cpp "${many_lines}")
expect("long test" "tests/x_test.cpp: 401 lines" tests/x_test.cpp "${many_lines}")
string(REPEAT "\n" 400 enough_lines)
expect("file at the limit" "" ops/b.cpp "${enough_lines}")

file(REMOVE_RECURSE "${FOLDER}")
