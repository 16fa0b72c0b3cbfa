// What is in memory of one resumable upload, the open file of its bytes, and why that could not be opened.
// Owned by UploadStore.
#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "http/body.h"
#include "http/client_shares.h"
#include "uploads/upload_phase.h"

namespace uploads {

/// The open file of an upload's bytes, and its directory.
struct PartialFile {
    base::Fd directory;
    base::Fd file;
};

/// Why the state or the bytes of an upload cannot be read.
struct BytesError {
    enum class Kind : std::uint8_t {
        gone,          ///< proven: no such name in a directory that is there, another file, or a shorter one
        out_of_reach,  ///< a fault of the machine, which says nothing about the file; everything stays as it is
    };
    Kind kind;
    int number;  ///< errno
};

/// What an errno means for a name in a directory that exists.
[[nodiscard]] inline BytesError bytes_error(int number) {
    const bool is_proof = number == ENOENT || number == ELOOP || number == EISDIR || number == ENXIO;
    return {is_proof ? BytesError::Kind::gone : BytesError::Kind::out_of_reach, number};
}

/// The digests of all bytes, which the creating request stated or wanted, once they were found right.
struct FoundDigests {
    std::uint64_t bytes = 0;  ///< how many these were
    std::string repr_digest;  ///< the value of Repr-Digest for the answer; empty: none is wanted
    std::string computed;     ///< for the log; empty: none
};

struct Upload {
    std::uint64_t number = 0;
    std::string secret;
    std::string user;  ///< who alone may go on with it; empty: whoever knows the secret
    std::string link;  ///< the token of the share link that it was begun by, and that has to count still; empty: none
    CheckedPhase checked_phase;
    std::uint64_t offset = 0;
    std::uint64_t synced = 0;  ///< at most the offset; these bytes are durable, and the state says so
    std::optional<std::uint64_t> length;
    std::int64_t expires_s = 0;  ///< unix time
    /// Grows with every request for it: only the sink of the latest one may write.
    std::uint64_t generation = 0;
    /// Kept while an end is put off, so that the next one does not hash everything again.
    std::optional<FoundDigests> found;
    enum class Names : std::uint8_t { new_here, durable } names = Names::new_here;
    /// How often this process wrote to its state, and how many of these writes are durable.
    std::uint64_t lines_added = 1;
    std::uint64_t lines_synced = 0;
    /// A bound on the bytes of lines that were added since its state had each line once.
    std::size_t added_bytes = 0;
    http::ClientShares::Share share;  ///< of the client that began it, in this process, until it is complete
    http::ClientShares::Share held;   ///< the bytes, likewise; nothing for unix sockets
    std::vector<http::Wake> waiting;  ///< wait for the end of the work under way

    [[nodiscard]] UploadPhase phase() const { return checked_phase.get(); }
    /// Work on it goes on over several turns: nothing else may touch it.
    [[nodiscard]] bool is_busy() const {
        return phase() == UploadPhase::publishing || phase() == UploadPhase::taking_back;
    }
};

}  // namespace uploads
