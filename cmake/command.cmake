# The command `nervo`. It may use internal headers, so it is linked with the static library.
file(GLOB NERVO_CLI_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/*.c)
set(NERVO_CLI OFF)
if(NOT NERVO_BUILD_CLI STREQUAL "OFF" AND NERVO_CLI_SOURCES)
    set(nervo_need "")
    if(NERVO_BUILD_CLI STREQUAL "ON")
        set(nervo_need REQUIRED)
    endif()
    find_package(PkgConfig ${nervo_need})
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(NERVO_CLI_LIBS ${nervo_need} IMPORTED_TARGET zlib libfyaml libzip)
    endif()
    if(NERVO_CLI_LIBS_FOUND)
        set(NERVO_CLI ON)
        add_executable(nervo ${NERVO_CLI_SOURCES})
        foreach(tier IN LISTS NERVO_TIERS) # the loops of `nervo bench peak`, once for each instruction set
            add_library(nervo_peak_${tier} OBJECT ${PROJECT_SOURCE_DIR}/cli/tiers/peak.c)
            target_link_libraries(nervo_peak_${tier} PRIVATE nervo_flags)
            target_compile_options(nervo_peak_${tier} PRIVATE -ffp-contract=fast ${nervo_flags_${tier}})
            target_compile_definitions(nervo_peak_${tier} PRIVATE NRV__ISA_NAME=${tier})
            target_sources(nervo PRIVATE $<TARGET_OBJECTS:nervo_peak_${tier}>)
        endforeach()
        target_link_libraries(nervo PRIVATE nervo_flags nervo_static PkgConfig::NERVO_CLI_LIBS)
        target_compile_definitions(nervo PRIVATE _XOPEN_SOURCE=700) # realpath and friends
        target_compile_options(nervo PRIVATE -ffp-contract=off)
        target_link_options(nervo PRIVATE LINKER:--as-needed)

        # what the tables of commands and options say, for shells and for man; nothing when nervo cannot run here
        if(NOT CMAKE_CROSSCOMPILING)
            set(nervo_tables ${PROJECT_BINARY_DIR}/tables)
            add_custom_command(OUTPUT ${nervo_tables}/done
                COMMAND ${CMAKE_COMMAND} -E make_directory ${nervo_tables}/man1
                COMMAND nervo show --ops --json > ${nervo_tables}/ops.json # an op without gradient or reason fails
                COMMAND nervo help --man -o ${nervo_tables}/man1
                COMMAND nervo completion bash > ${nervo_tables}/nervo
                COMMAND nervo completion zsh > ${nervo_tables}/_nervo
                COMMAND nervo completion fish > ${nervo_tables}/nervo.fish
                COMMAND ${CMAKE_COMMAND} -E touch ${nervo_tables}/done
                DEPENDS nervo COMMENT "Manual pages and shell completion" VERBATIM)
            add_custom_target(nervo_tables ALL DEPENDS ${nervo_tables}/done)
        endif()
    else()
        message(STATUS "nervo: without zlib, libfyaml and libzip the command is left out, the library is built")
    endif()
endif()
