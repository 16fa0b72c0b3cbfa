// What the server and the verifier process say to each other: one message is one datagram, whose parts end with NUL.
// Pure; called by both sides.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "access_control/credentials.h"
#include "access_control/verifier.h"
#include "base/fd.h"

namespace access_control {

/// What the server holds of the processes: two sockets, not blocking.
struct VerifierLines {
    base::Fd verifier;  ///< for the messages below; at its end when both processes that use it are gone
    base::Fd nursery;   ///< a byte orders new processes; the answer is Restarted, with their `verifier`
};

/// Longer ones are not sent: a user of so many groups cannot sign in.
inline constexpr std::size_t kMostMessageBytes = 32 * 1024;

struct Question {
    Verifier::Ticket ticket = 0;
    Credentials credentials;
};
struct LookAgain {};  ///< all files are looked at now; the answer is Looked
struct Answer {
    Verifier::Ticket ticket = 0;
    Verdict verdict;
};
struct UsersReplaced {};  ///< what was right before may be wrong now
struct UsersFaulty {
    std::string sentence;
};
/// A file that is handed over, as it is now. The open file comes along with the message, where there is no error.
struct FileOpened {
    std::size_t number = 0;  ///< in the order in which the process was told of its files
    int error = 0;           ///< the errno of opening it
};
struct Looked {};
struct Restarted {};       ///< the process died; what it was asked has no answer
struct KeeperReplaced {};  ///< the keeper died; the checker has taken its place

using ToVerifier = std::variant<Question, LookAgain>;
using FromVerifier = std::variant<Answer, UsersReplaced, UsersFaulty, FileOpened, Looked, Restarted, KeeperReplaced>;

[[nodiscard]] std::string encode(const ToVerifier& message);
[[nodiscard]] std::string encode(const FromVerifier& message);
/// nullopt: it is no message of that kind.
[[nodiscard]] std::optional<ToVerifier> decode_to_verifier(std::string_view text);
[[nodiscard]] std::optional<FromVerifier> decode_from_verifier(std::string_view text);

}  // namespace access_control
