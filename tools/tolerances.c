/* tolerances.c - lists the ops that may be further from their double than 2 ulp in float32 or 1e-12 in float64, each
   with its reason. `./do test` prints it, so that a tolerance cannot grow unseen.

   Promises: reads the compiled records, nothing else. Does not do: judge; the tests of test/op do. */
#include "ops/op.h"
#include <stdio.h>

int main(void)
{
    int listed = 0;
    for (const nrv__opdef *const *op = nrv__ops; *op; op++) {
        if ((*op)->ulp <= 0 && (*op)->rel <= 0)
            continue;
        if (!listed++)
            printf("tolerances other than 2 ulp (float32) and 1e-12 (float64):\n");
        printf("  %-16s %6g ulp  %6g  %s\n", (*op)->name, (*op)->ulp > 0 ? (*op)->ulp : 2,
               (*op)->rel > 0 ? (*op)->rel : 1e-12, (*op)->tolerance_why ? (*op)->tolerance_why : "no reason given");
    }
    if (!listed)
        printf("all ops: 2 ulp (float32), 1e-12 (float64)\n");
    return 0;
}
