# What `cmake --install` lays down: headers, both libraries, the command, nervo.pc and the CMake package. All paths in
# them are relative to where they lie, so an installed tree may be moved.
include(CMakePackageConfigHelpers)

install(FILES include/nervo.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/nervo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS nervo_shared nervo_static EXPORT nervoTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(NERVO_CLI)
    install(TARGETS nervo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET nervo_tables)
    install(DIRECTORY ${nervo_tables}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
    install(FILES ${nervo_tables}/nervo DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${nervo_tables}/_nervo DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${nervo_tables}/nervo.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

set(nervo_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nervo)
install(EXPORT nervoTargets NAMESPACE nervo:: DESTINATION ${nervo_cmake_dir})
configure_package_config_file(cmake/nervoConfig.cmake.in ${PROJECT_BINARY_DIR}/nervoConfig.cmake
    INSTALL_DESTINATION ${nervo_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nervoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nervoConfig.cmake ${PROJECT_BINARY_DIR}/nervoConfigVersion.cmake
    DESTINATION ${nervo_cmake_dir})

# from lib/pkgconfig (or lib/<triplet>/pkgconfig) back up to the prefix
file(RELATIVE_PATH NERVO_PC_UP /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" NERVO_PC_UP "${NERVO_PC_UP}")
configure_file(cmake/nervo.pc.in ${PROJECT_BINARY_DIR}/nervo.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/nervo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
