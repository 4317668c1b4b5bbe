/* Where values lie in the workspace, over random lifetimes: no two that live at the same time overlap, what is said to
   be needed is what is used, it is never much more than what is alive at once, and few and many are placed alike. */
#include "../../src/run/exec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t place_random = 1;
static size_t draw(size_t below)
{
    place_random = nrv__hash(place_random, &below, sizeof below);
    return (size_t)(place_random >> 20) % below;
}

static nrv__room room_of(size_t i, size_t n)
{
    int32_t first = (int32_t)draw(n), life = (int32_t)(draw(8) ? draw(6) : draw(n));
    bool held = draw(50) == 0;
    return (nrv__room){ .bytes = draw(20) ? NRV__ALIGN * (1 + draw(draw(5) ? 8 : 200)) : 0,
                        .value = (int32_t)i,
                        .first = held ? -1 : first,
                        .last = held && draw(2) ? INT32_MAX : first + life };
}

/* the most bytes that are alive at one step */
static size_t alive_at_once(const nrv__room *room, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t sum = 0;
        for (size_t k = 0; k < n; k++)
            if (room[k].first <= room[i].first && room[i].first <= room[k].last)
                sum += room[k].bytes;
        most = sum > most ? sum : most;
    }
    return most;
}

static void check_places(const nrv__room *room, size_t n, size_t need)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        const nrv__room *a = &room[i];
        top = a->bytes && a->at + a->bytes > top ? a->at + a->bytes : top;
        for (size_t k = i + 1; k < n; k++) {
            const nrv__room *b = &room[k];
            bool together = a->first <= b->last && b->first <= a->last && a->bytes && b->bytes;
            if (together && a->at < b->at + b->bytes && b->at < a->at + a->bytes)
                fail_msg("of %zu: %d at %zu..%zu and %d at %zu..%zu live together", n, a->value, a->at,
                         a->at + a->bytes, b->value, b->at, b->at + b->bytes);
        }
    }
    assert_int_equal(top, need);
}

static void nothing_overlaps(void **state)
{
    (void)state;
    const nrv__mem m = nrv__mem_default();
    static nrv__room room[3000];
    for (int trial = 0; trial < 300; trial++) {
        size_t n = trial < 297 ? draw(120) : 3000, need = 1;
        for (size_t i = 0; i < n; i++)
            room[i] = room_of(i, n);
        nrv__place_order(room, n);
        assert_true(nrv__place(&m, room, n, &need));
        check_places(room, n, need);
        size_t least = alive_at_once(room, n);
        assert_true(need >= least);
#ifndef NRV__TINY /* there, four are many already, and are not tried by size */
        assert_true(need <= least + least / 2);
#endif
    }
}

/* one step hands on to the next, a hundred thousand times: three rows of memory at most, in no time */
static void a_long_chain_needs_what_a_short_one_does(void **state)
{
    (void)state;
    const nrv__mem m = nrv__mem_default();
    enum { LONG = 100000 };
    nrv__room *room = malloc(LONG * sizeof *room);
    size_t need = 0;
    assert_non_null(room);
    for (int32_t i = 0; i < LONG; i++)
        room[i] = (nrv__room){ .bytes = NRV__ALIGN, .value = i, .first = i, .last = i + 1 };
    nrv__place_order(room, LONG);
    assert_true(nrv__place(&m, room, LONG, &need));
    assert_int_equal(need, 2 * NRV__ALIGN);
    for (int32_t i = 0; i < LONG; i++) /* as a training step has it: kept until its turn comes, in reverse */
        room[i] =
            (nrv__room){ .bytes = NRV__ALIGN * (size_t)(1 + i % 3), .value = i, .first = i, .last = 2 * LONG - i };
    nrv__place_order(room, LONG);
    assert_true(nrv__place(&m, room, LONG, &need));
    assert_int_equal(need, (size_t)NRV__ALIGN * (2 * LONG - 1));
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps),
        cmocka_unit_test(a_long_chain_needs_what_a_short_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
