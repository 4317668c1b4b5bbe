/* version.c - which nervo this is. */
#include "base.h"

const char *nrv_version(void)
{
    return "0.1.0";
}
