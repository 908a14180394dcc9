# What "cmake --install" gives to programs that embed the platform or the MMU: libraries and headers,
# as a CMake package and for pkg-config; docs/embedding.md.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Those that depend on others first, as linkers want it.
set(mmu_installed mmu_tlm mmu_presets mmu_platform mmu_check mmu_waves mmu_cpu mmu_mmu mmu_inclusion mmu_cache
    mmu_dram mmu_dram_controller mmu_link mmu_os mmu_traces mmu_libc mmu_common mmu_arch)

install(TARGETS ${mmu_installed} mmu_flags EXPORT mmusim-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/mmusim)
install(EXPORT mmusim-targets NAMESPACE mmusim:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mmusim)
install(DIRECTORY hw os_model traces sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mmusim
        FILES_MATCHING PATTERN "*.hpp"
        PATTERN sim/command EXCLUDE PATTERN sim/report EXCLUDE PATTERN traces/samples EXCLUDE)

set(package ${PROJECT_BINARY_DIR}/package)
configure_package_config_file(scripts/cmake/mmusim-config.cmake.in ${package}/mmusim-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mmusim)
write_basic_package_version_file(${package}/mmusim-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${package}/mmusim-config.cmake ${package}/mmusim-config-version.cmake
              scripts/cmake/FindSystemC.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mmusim)

list(TRANSFORM mmu_installed PREPEND "-l" OUTPUT_VARIABLE mmu_link_flags)
list(JOIN mmu_link_flags " " mmu_link_flags)
configure_file(scripts/cmake/mmusim.pc.in ${package}/mmusim.pc @ONLY)
install(FILES ${package}/mmusim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
