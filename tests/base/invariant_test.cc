// What the operator reads when a state machine was asked for a move that it does not have.
#include "base/invariant.h"

#include "support/aborting.h"
#include "support/catch.h"

TEST_CASE("invariant: names the machine, the event and the state, and aborts", "[base]") {
    CHECK(support::stderr_of_abort([] { base::fail_invariant("connection", "idle", "answer_queued"); }) ==
          "godwit: invariant: connection: answer_queued in state idle\n");
}
