// Precompiled for every test: Catch2 is by far the largest header. Never included, so it needs no guard.
#include "support/catch.h"
