# What is measured rather than tested, built only by the target `bench`: nobody waits for it in a build.
#
#   bench/peers/*.c, *.cpp    a program for each peer, build/bench/<name>; left out where its library is not installed
#   bench/peers/hand.c        once for each instruction set, build/bench/hand_<tier>
#   bench/models/*.c          one program, build/bench/bench_models: the models whose training steps are compared with
#                             others'; on the public header alone, as a user would write them
#   bench/same_rows.c         build/bench/bench_rows: does a row's result depend on its batch?
add_custom_target(bench)
function(nervo_bench_program name output)
    add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${output} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
    add_dependencies(bench ${name})
endfunction()

file(GLOB nervo_bench_models CONFIGURE_DEPENDS bench/models/*.c)
nervo_bench_program(bench_models bench_models ${nervo_bench_models})
nervo_bench_program(bench_rows bench_rows bench/same_rows.c)
foreach(program bench_models bench_rows)
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_compile_options(${program} PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_COMPILE_OPTIONS>)
    target_compile_definitions(${program} PRIVATE _POSIX_C_SOURCE=200809L)
    target_link_options(${program} PRIVATE $<TARGET_PROPERTY:nervo_flags,INTERFACE_LINK_OPTIONS>)
    target_link_libraries(${program} PRIVATE nervo_static)
endforeach()

set(nervo_hand_avx512 -mprefer-vector-width=512) # or some compilers would use half of a register
foreach(tier IN LISTS NERVO_TIERS)
    nervo_bench_program(peer.hand_${tier} hand_${tier} bench/peers/hand.c)
    target_compile_options(peer.hand_${tier} PRIVATE -O3 -fopenmp -ffp-contract=fast -fno-math-errno -fno-trapping-math
        ${nervo_flags_${tier}} ${nervo_hand_${tier}})
    target_compile_definitions(peer.hand_${tier} PRIVATE _GNU_SOURCE)
    target_link_libraries(peer.hand_${tier} PRIVATE m)
    target_link_options(peer.hand_${tier} PRIVATE -fopenmp)
endforeach()

nervo_bench_program(peer.gemm gemm bench/peers/gemm.c)
target_compile_definitions(peer.gemm PRIVATE _GNU_SOURCE)
target_link_libraries(peer.gemm PRIVATE m ${CMAKE_DL_LIBS})

find_library(NERVO_FANN fann)
if(NERVO_FANN)
    nervo_bench_program(peer.fann fann bench/peers/fann.c)
    target_compile_definitions(peer.fann PRIVATE _GNU_SOURCE)
    target_link_libraries(peer.fann PRIVATE ${NERVO_FANN} m)
endif()

find_library(NERVO_DNNL dnnl)
include(CheckLanguage)
check_language(CXX)
if(NERVO_DNNL AND CMAKE_CXX_COMPILER)
    enable_language(CXX)
    nervo_bench_program(peer.onednn onednn bench/peers/onednn.cpp)
    target_compile_options(peer.onednn PRIVATE -O2)
    target_link_libraries(peer.onednn PRIVATE ${NERVO_DNNL})
endif()
