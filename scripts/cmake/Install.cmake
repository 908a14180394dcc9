# What "cmake --install" puts where: the program, its manual page and completions, which the program
# itself writes, the Python package (with the extension of sim/python, if it is built), the
# documentation, and the presets' machine files as examples (the program has them built in). Headers
# and libraries: InstallLibraries.cmake.
include(GNUInstallDirs)

set(texts ${CMAKE_BINARY_DIR}/share)
function(text_of_program file)  # and the words that make the program print it
  add_custom_command(OUTPUT ${texts}/${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${texts}
    COMMAND mmusim ${ARGN} > ${texts}/${file}
    DEPENDS mmusim VERBATIM)
endfunction()
text_of_program(mmusim.1 man)
text_of_program(mmusim.bash completion bash)
text_of_program(_mmusim completion zsh)
add_custom_target(program_texts ALL
  DEPENDS ${texts}/mmusim.1 ${texts}/mmusim.bash ${texts}/_mmusim)

install(TARGETS mmusim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${texts}/mmusim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${texts}/mmusim.bash RENAME mmusim
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${texts}/_mmusim DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
set(MMU_PYTHON_DIR lib/python3/dist-packages CACHE STRING
    "Where the Python package goes, below the prefix")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sim/python/mmusim DESTINATION ${MMU_PYTHON_DIR}
        FILES_MATCHING PATTERN "*.py")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/mmusim)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sim/presets/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/mmusim/presets FILES_MATCHING PATTERN "*.toml")
