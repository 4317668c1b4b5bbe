# examples/*.c: one program each, on the public header alone, in build/examples/; with tests on, each is also the test
# examples.<name> (test/examples/run.sh): its gradients, the same bits for any number of threads and after a restart.
file(GLOB nervo_example_files CONFIGURE_DEPENDS examples/*.c)
add_custom_target(examples)
foreach(file IN LISTS nervo_example_files)
    get_filename_component(stem ${file} NAME_WE)
    add_executable(example.${stem} EXCLUDE_FROM_ALL ${file})
    # what nervo_flags asks for, without its path to src/
    target_include_directories(example.${stem} PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_compile_options(example.${stem} PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_COMPILE_OPTIONS>)
    target_compile_definitions(example.${stem} PRIVATE _POSIX_C_SOURCE=200809L)
    target_link_options(example.${stem} PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_LINK_OPTIONS>)
    target_link_libraries(example.${stem} PRIVATE nervo_static)
    set_target_properties(example.${stem} PROPERTIES OUTPUT_NAME ${stem}
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
    add_dependencies(examples example.${stem})
    if(COMMAND nervo_register)
        set_target_properties(example.${stem} PROPERTIES EXCLUDE_FROM_ALL OFF)
        add_test(NAME examples.${stem}
            COMMAND bash ${PROJECT_SOURCE_DIR}/test/examples/run.sh $<TARGET_FILE:example.${stem}>)
        nervo_register(examples.${stem} ${PROJECT_SOURCE_DIR}/test/examples/run.sh)
    endif()
endforeach()
