// Precompiled for every test: Catch2 is by far the largest header.
#pragma once
#include "support/catch.h"
