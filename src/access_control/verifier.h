// Who checks passwords and tokens for the loop. A check takes up to a second, so the answer comes later. Implemented by
// verifier_client, which asks another process; tests have one of their own. Asked by sign_in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "access_control/credentials.h"
#include "base/wake_queue.h"
#include "http/user.h"

namespace access_control {

struct Verdict {
    enum class Kind : std::uint8_t {
        right,
        wrong,
        failed,  ///< nobody could say
    };
    Kind kind = Kind::failed;
    std::shared_ptr<const http::User> user;  ///< of a right one; never null then
};

class Verifier {
public:
    /// Names one question; 0 names none.
    using Ticket = std::uint64_t;

    virtual ~Verifier() = default;
    /// `wake` comes back when the verdict is there. nullopt: too many wait, or nobody answers at the moment.
    virtual std::optional<Ticket> ask(const Credentials& credentials, base::Wake wake) = 0;
    /// The verdict, once; nullopt: not yet.
    virtual std::optional<Verdict> take(Ticket ticket) = 0;
    /// How far the question was that forget() takes back. Its wake does not come any more.
    enum class Forgotten : std::uint8_t {
        unasked,  ///< nobody had begun to look at the question
        checked,  ///< the check had begun, or is done
    };
    virtual Forgotten forget(Ticket ticket) = 0;
};

}  // namespace access_control
