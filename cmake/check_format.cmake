# Fails when a source is not as clang-format writes it.
# cmake -DROOT=<repository> -DCLANG_FORMAT=<program> -P check_format.cmake

set(sources "")
foreach(folder IN ITEMS base hwdb ops model sim calibrate probe validate app tests bench)
  file(GLOB_RECURSE files "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp" "${ROOT}/${folder}/*.cu"
       "${ROOT}/${folder}/*.cuh")
  list(APPEND sources ${files})
endforeach()
execute_process(COMMAND "${CLANG_FORMAT}" --style=file --dry-run --Werror ${sources}
                RESULT_VARIABLE code ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  string(REGEX MATCHALL "[^\n]*: error: [^\n]*" lines "${output}")
  list(JOIN lines "\n" lines)
  message(FATAL_ERROR "'make format' would change:\n${lines}")
endif()
