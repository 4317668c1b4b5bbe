# The generator: reads the records in src/, writes what is derived from them. Its outputs are committed, so a build
# never waits for it; `ninja generate` refreshes them and the test gen.fresh tells when somebody forgot.
if(EXISTS ${PROJECT_SOURCE_DIR}/tools/gen.c)
    add_executable(gen EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tools/gen.c)
    target_link_libraries(gen PRIVATE nervo_flags)
    add_custom_target(generate COMMAND gen ${PROJECT_SOURCE_DIR} VERBATIM
        COMMENT "Refreshing the generated files")
endif()

# The reference pages are written from the compiled records, so they come after the library; `docs.fresh` watches them.
add_executable(docs EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tools/docs.c ${PROJECT_SOURCE_DIR}/test/support/cases.c)
target_include_directories(docs PRIVATE ${PROJECT_SOURCE_DIR}/test)
target_link_libraries(docs PRIVATE nervo_flags nervo_static)
add_custom_target(pages COMMAND docs ${PROJECT_SOURCE_DIR} VERBATIM COMMENT "Refreshing docs/ref")
