# mmu_library(<name> [SYSTEMC] SOURCES <files> [LINKS <targets>])
# A folder's library. Includes are spelled from the repository root: #include "hw/mmu/tlb.hpp".
function(mmu_library name)
  cmake_parse_arguments(ARG "SYSTEMC" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                            $<INSTALL_INTERFACE:include/mmusim>)
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} $<$<BOOL:${ARG_SYSTEMC}>:SystemC::systemc>
                                PRIVATE mmu_flags)
  if(mmu_python_extension)  # a shared library; GCC inlines little in one that may be interposed
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(${name} PRIVATE -fno-semantic-interposition)
  endif()
endfunction()

# mmu_test(<name> LABEL <unit|module|system|...> [KERNEL] [TIMEOUT <seconds>] SOURCES <files>
#          LINKS <targets>)
# Each TEST becomes one ctest entry "<label>/<Suite>.<Test>", hence one process: the SystemC
# kernel starts fresh every time.
function(mmu_test name)
  cmake_parse_arguments(ARG "KERNEL" "LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_KERNEL)
    if(NOT TARGET mmu_kernel_test_main)  # compiled once for all
      add_library(mmu_kernel_test_main OBJECT
                  ${PROJECT_SOURCE_DIR}/testbench/support/kernel_test_main.cpp)
      target_include_directories(mmu_kernel_test_main PRIVATE ${PROJECT_SOURCE_DIR})
      target_link_libraries(mmu_kernel_test_main PRIVATE SystemC::systemc GTest::gtest mmu_flags)
    endif()
    target_link_libraries(${name} PRIVATE mmu_kernel_test_main GTest::gtest)
  else()
    target_link_libraries(${name} PRIVATE GTest::gtest_main)
    # Plain code of a library that holds modules too: without SystemC, which wants its sc_main.
    target_link_options(${name} PRIVATE -Wl,--as-needed)
  endif()
  if(NOT TARGET mmu_project_file)
    add_library(mmu_project_file STATIC ${PROJECT_SOURCE_DIR}/testbench/support/project_file.cpp)
    target_include_directories(mmu_project_file PUBLIC ${PROJECT_SOURCE_DIR})
    target_compile_definitions(mmu_project_file PRIVATE MMU_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(mmu_project_file PRIVATE mmu_flags)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} mmu_project_file mmu_flags)
  gtest_discover_tests(${name} TEST_PREFIX "${ARG_LABEL}/" NO_PRETTY_VALUES
    DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1)
endfunction()
