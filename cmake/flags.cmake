# The flags of everything that is compiled here, as one interface target: nervo_flags.
add_library(nervo_flags INTERFACE)
target_compile_definitions(nervo_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(nervo_flags INTERFACE
    -fno-math-errno -fno-trapping-math
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    # no path of the builder's machine ends up in what is built
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
target_include_directories(nervo_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
set(nervo_werror ${NERVO_WERROR})
if(nervo_werror STREQUAL "AUTO")
    set(nervo_werror OFF)
    if("${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}" MATCHES "^(GNU 12|Clang 19)\\.")
        set(nervo_werror ON)
    endif()
endif()
if(nervo_werror)
    target_compile_options(nervo_flags INTERFACE -Werror)
endif()
if(NERVO_TINY)
    target_compile_definitions(nervo_flags INTERFACE NRV__TINY=1)
endif()
if(NERVO_SANITIZE)
    target_compile_options(nervo_flags INTERFACE
        -fsanitize=${NERVO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(nervo_flags INTERFACE -fsanitize=${NERVO_SANITIZE})
endif()
