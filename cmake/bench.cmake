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

# bench/models/*.c: one program, bench/bench_models, of the models whose training steps are compared with others'; on the
# public header alone, as a user would write them.
file(GLOB nervo_bench_models CONFIGURE_DEPENDS bench/models/*.c)
add_executable(bench_models EXCLUDE_FROM_ALL ${nervo_bench_models})
target_include_directories(bench_models PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_compile_options(bench_models PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_COMPILE_OPTIONS>)
target_compile_definitions(bench_models PRIVATE _POSIX_C_SOURCE=200809L)
target_link_options(bench_models PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_LINK_OPTIONS>)
target_link_libraries(bench_models PRIVATE nervo_static)
set_target_properties(bench_models PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
add_dependencies(bench bench_models)
