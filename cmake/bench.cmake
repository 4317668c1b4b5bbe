# bench/*.c: one program each, built only by the target `bench` - they measure, they are no tests, and nobody waits for
# them in a build.
file(GLOB nervo_bench_files CONFIGURE_DEPENDS bench/*.c)
add_custom_target(bench)
foreach(file IN LISTS nervo_bench_files)
    get_filename_component(stem ${file} NAME_WE)
    add_executable(bench.${stem} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(bench.${stem} PRIVATE nervo_flags nervo_static)
    set_target_properties(bench.${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
    add_dependencies(bench bench.${stem})
endforeach()
