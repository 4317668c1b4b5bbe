/* block.c - loops and choices of random graphs; see random_graph.h. What a block gives its inside, and what its inside
   computes, are values like any other until it ends; then those go, and what is read of it stays. */
#include "maker.h"
#include "planted.h"

enum { BLOCK_MOST = 4, BLOCK_RANK = 5 };

typedef struct shape {
    int rank;
    int64_t dim[NRV__MAX_RANK];
} shape;

static shape some_shape(dice *d, int64_t lead) /* lead > 0: of the first axis */
{
    shape s = { .rank = (int)dice_roll(d, 3) };
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = 1 + dice_roll(d, 4);
    if (lead > 0) {
        for (int i = s.rank++; i > 0; i--)
            s.dim[i] = s.dim[i - 1];
        s.dim[0] = lead;
    }
    return s;
}

static void inside(maker *m, dice *d, uint64_t key, uint64_t from, const turns *scan)
{
    const turns *outer = m->in;
    int n = 1 + (int)dice_roll(d, 3);
    m->in = scan;
    for (int i = 0; i < n && !*m->r->wrong; i++) {
        uint64_t which = from + (uint64_t)i;
        statement(m, nrv__hash(key, &which, sizeof which), false);
    }
    m->in = outer;
}

static void end(maker *m, const char *b, nrv_block *block)
{
    nrv_end(block);
    m->nest--;
    line(m, "nrv_end(%s);", b);
}

static const char *begin(maker *m, const char *start)
{
    const char *b = say(m, "b%d", m->n_name++);
    line(m, "nrv_block *%s = %s;", b, start);
    m->nest++;
    return b;
}

/* the first value of a carry, named: expressions are traced in any order */
static term first_of(maker *m, dice *d, const shape *s)
{
    maker_push_known(m, maker_operand(m, d, s->rank, s->dim, -2, 2, false), -4, 4);
    m->v[m->n_v - 1].used = true;
    return m->v[m->n_v - 1].x;
}

static void carry_on(maker *m, const char *b, nrv_block *block, term carry, term next)
{
    nrv_next(block, carry.t, next.t);
    line(m, "nrv_next(%s, %s, %s);", b, carry.c, next.c);
}

static term carried(maker *m, const char *b, nrv_block *block, term first)
{
    maker_push_known(m, (term){ nrv_carry(block, first.t), say(m, "nrv_carry(%s, %s)", b, first.c) }, -4, 4);
    return m->v[m->n_v - 1].x;
}

static term last_of(maker *m, const char *b, nrv_block *block, term carry)
{
    return (term){ nrv_last(block, carry.t), say(m, "nrv_last(%s, %s)", b, carry.c) };
}

/* the gradient of what one turn makes of its element: per-sample gradients */
static term own_gradient(maker *m, term each, int from)
{
    random_graph *r = m->r;
    nrv_tensor d = NULL;
    term y = m->v[m->n_v - 1].x;
    if (m->n_v == from)
        return each;
    y = term_mean(m, term_one(m, "square", nrv_square, y));
    nrv_grad(y.t, NULL, 1, &each.t, &d);
    const char *name = say(m, "v%d", m->n_name++);
    line(m, "nrv_tensor %s;", name);
    line(m, "nrv_grad(%s, NULL, 1, &%s, &%s);", y.c, each.c, name);
    if (!d && !*r->wrong)
        snprintf(r->wrong, sizeof r->wrong, "a gradient inside a loop: %.300s", nrv_graph_why(r->g));
    return (term){ d, name };
}

static void scan(maker *m, dice *d, uint64_t key, bool map)
{
    int64_t T = 1 + dice_roll(d, BLOCK_MOST);
    shape xs = some_shape(d, T), cs = some_shape(d, 0);
    int reverse = (int)dice_roll(d, 2), keep = (int)dice_roll(d, 3), mark = m->n_v;
    maker_push_known(m, maker_operand(m, d, xs.rank, xs.dim, -1, 1, false), -4, 4);
    m->v[m->n_v - 1].used = true;
    term seq = m->v[m->n_v - 1].x, first = { NULL, NULL }, carry = { NULL, NULL };
    if (!map)
        first = first_of(m, d, &cs);
    nrv_block *block = nrv_scan(m->r->g, &(nrv_scan_opt){ .reverse = reverse, .keep = keep });
    const char *b = begin(m, say(m, "nrv_scan(g, &(nrv_scan_opt){ .reverse = %d, .keep = %d })", reverse, keep));
    maker_push_known(m, (term){ nrv_each(block, seq.t), say(m, "nrv_each(%s, %s)", b, seq.c) }, -4, 4);
    term each = m->v[m->n_v - 1].x;
    if (dice_percent(d, 15)) {
        term t = term_cast(m, (term){ nrv_turn(block), say(m, "nrv_turn(%s)", b) }, m->r->real);
        maker_push_known(m, t, 0, BLOCK_MOST);
    }
    if (!map)
        carry = carried(m, b, block, first);
    int from = m->n_v;
    inside(m, d, key, 0, &(turns){ block, b, T });
    if (*m->r->wrong)
        return;
    term out = m->v[m->n_v - 1].x;
    if (map && dice_percent(d, 25))
        out = own_gradient(m, each, from);
    if (!map)
        carry_on(m, b, block, carry, maker_last(m, d, from, cs.rank, cs.dim));
    if (out.t && out.t->rank > BLOCK_RANK) { /* the turns are an axis more */
        out = term_shaped(m, out, 1, (const int64_t[]){ case_elements(out.t) });
        const char *name = say(m, "v%d", m->n_name++);
        line(m, "nrv_tensor %s = %s;", name, out.c);
        out.c = name;
    }
    end(m, b, block);
    m->n_v = mark;
    maker_push(m, (term){ nrv_stacked(block, out.t), say(m, "nrv_stacked(%s, %s)", b, out.c) }, map ? "map" : "scan");
    if (!map)
        maker_push(m, last_of(m, b, block, carry), "scan");
    m->r->met |= map ? RANDOM_MAP : RANDOM_SCAN;
}

static void loop(maker *m, dice *d, uint64_t key) /* until a count, or what is carried, says so */
{
    int64_t most = 1 + dice_roll(d, BLOCK_MOST);
    shape cs = some_shape(d, 0);
    int mark = m->n_v;
    term first = first_of(m, d, &cs), count = term_fill(m, m->r->real, 0);
    nrv_block *block = nrv_while(m->r->g, most);
    const char *b = begin(m, say(m, "nrv_while(g, %lld)", (long long)most));
    term carry = carried(m, b, block, first), n = carried(m, b, block, count);
    term stop = term_two(m, "add", nrv_add, n, term_one(m, "sum_all", nrv_sum_all, carry));
    stop = term_two(m, "greater", nrv_greater, stop, term_fill(m, m->r->real, 0.35 + dice_roll(d, BLOCK_MOST)));
    nrv_until(block, stop.t);
    line(m, "nrv_until(%s, %s);", b, stop.c);
    int from = m->n_v;
    inside(m, d, key, 0, NULL);
    if (*m->r->wrong)
        return;
    carry_on(m, b, block, carry, maker_last(m, d, from, cs.rank, cs.dim));
    carry_on(m, b, block, n, term_c(m, "add_c", nrv_add_c, n, 1));
    end(m, b, block);
    m->n_v = mark;
    maker_push(m, last_of(m, b, block, carry), "while");
    maker_push(m, last_of(m, b, block, n), "while");
    m->r->met |= RANDOM_WHILE;
}

static void choice(maker *m, dice *d, uint64_t key)
{
    shape s = some_shape(d, 0);
    int mark = m->n_v;
    term yes = term_two(m, "less", nrv_less, term_mean(m, maker_operand(m, d, 0, NULL, -1, 1, false)),
                        term_fill(m, m->r->real, dice_roll(d, 2) ? 0.15 : -0.15));
    nrv_block *block = nrv_if(m->r->g, yes.t);
    const char *b = begin(m, say(m, "nrv_if(g, %s)", yes.c));
    term branch[2];
    for (int i = 0; i < 2; i++) {
        if (i) {
            nrv_else(block);
            m->nest--;
            line(m, "nrv_else(%s);", b);
            m->nest++;
        }
        inside(m, d, key, 100 * (uint64_t)i, NULL);
        if (*m->r->wrong)
            return;
        maker_push_known(m, maker_last(m, d, mark, s.rank, s.dim), -4, 4);
        branch[i] = m->v[m->n_v - 1].x;
        m->n_v = mark;
    }
    end(m, b, block);
    maker_push(m,
               (term){ nrv_either(block, branch[0].t, branch[1].t),
                       say(m, "nrv_either(%s, %s, %s)", b, branch[0].c, branch[1].c) },
               "if");
    m->r->met |= RANDOM_IF;
}

void statement_block(maker *m, dice *d, uint64_t key)
{
    switch (planted_batch() && dice_percent(d, 70) ? 1 : dice_roll(d, 4)) {
    case 0:
        scan(m, d, key, false);
        break;
    case 1:
        scan(m, d, key, true);
        break;
    case 2:
        loop(m, d, key);
        break;
    default:
        choice(m, d, key);
        break;
    }
}
