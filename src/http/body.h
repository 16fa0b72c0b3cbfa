// Bodies: what a response sends, and where a request's body goes. The connection pulls and pushes; nothing here knows
// the connection. Implemented by the features, returned by their handlers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/wake_queue.h"
#include "http/change.h"
#include "http/field_list.h"
#include "http/framing.h"

namespace http {

struct Response;

/// Bytes owned together with others; immutable while shared.
struct Blob {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
};

/// Is handed out with some work, and comes back through base::WakeQueue when that work can go on.
using Wake = base::Wake;

/// True once bytes of a file that were asked for are in memory, or could not be brought there.
using Arrival = std::shared_ptr<const bool>;

/// An open regular file that responses send parts of.
class BodyFile {
public:
    virtual ~BodyFile() = default;
    /// For the sending system call; stays valid while this object lives.
    [[nodiscard]] virtual int descriptor() const = 0;
    /// True while the file is the version whose length and tag the head promised. Asked before the last bytes leave:
    /// when it is false the connection aborts, so that the client sees an incomplete answer rather than a mixed one.
    [[nodiscard]] virtual bool unchanged() const = 0;
    /// True when the file has rested long enough that the kernel may send its pages without a copy.
    [[nodiscard]] virtual bool at_rest() const = 0;
    /// Brings `length` bytes from `offset` into the kernel's memory, so that reading or sending them does not wait for
    /// the disk; `wake` comes back when they are there. Null: they are there already, or can only be waited for.
    /// Called by ReadAhead (http/read_ahead.h), which all readers use.
    [[nodiscard]] virtual Arrival read_ahead(std::uint64_t offset, std::uint64_t length, Wake wake) const {
        (void)offset;
        (void)length;
        (void)wake;
        return nullptr;
    }
};

/// `length` bytes of a file from `offset`.
struct FileSlice {
    std::shared_ptr<const BodyFile> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// A body that is made while it is sent. Destroying it before the end is the abort.
class BodySource {
public:
    enum class Outcome : std::uint8_t {
        produced,  ///< `bytes` were written (0 is allowed: work was done, nothing came out yet); call again
        waiting,   ///< `bytes` were written; more when the wake of wake_with() comes back
        finished,  ///< `bytes` were written and nothing follows
        failed,    ///< the connection aborts; the client sees an incomplete answer
    };
    struct Pulled {
        Outcome outcome;
        std::size_t bytes = 0;
    };

    virtual ~BodySource() = default;
    /// What comes back after Outcome::waiting. Called before pull(); without it, pull() itself waits for the disk.
    virtual void wake_with(Wake wake) { (void)wake; }
    /// Writes the next bytes into `into` (at least 1 KiB). One call works for at most a tenth of a millisecond.
    virtual Pulled pull(std::span<std::byte> into) = 0;
    /// How many bytes it gives from here to its end, where that is known. They become the Content-Length, so it gives
    /// neither more nor less, or fails.
    [[nodiscard]] virtual std::optional<std::uint64_t> length_bytes() const { return std::nullopt; }
    /// What the content lacks, for the error log; empty when it is complete. Asked when it has ended. Static lifetime.
    [[nodiscard]] virtual std::string_view lack() const { return {}; }
    /// Bytes of memory that it holds, about.
    [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }
};

/// A part of a body of known length.
using Piece = std::variant<std::string, Blob, FileSlice>;

/// A response's content: nothing, pieces in order (their sum is the Content-Length), or a source.
using Body = std::variant<std::monostate, Piece, std::vector<Piece>, std::unique_ptr<BodySource>>;

[[nodiscard]] inline bool is_source(const Body& body) {
    return std::holds_alternative<std::unique_ptr<BodySource>>(body);
}
[[nodiscard]] std::uint64_t piece_bytes(const Piece& piece);
/// nullopt for a source that does not know it.
[[nodiscard]] std::optional<std::uint64_t> body_bytes(const Body& body);
/// Of memory that the body keeps, where it is more than a few bytes.
[[nodiscard]] std::size_t memory_bytes(const Body& body);

/// Work that a response waits for (state `pending` of an exchange). It goes on to its end even when the peer leaves,
/// unless it says that it may be given up.
class PendingResponse {
public:
    virtual ~PendingResponse() = default;
    /// True when the work is for its response alone and leaves nothing behind: it ends when the peer is gone.
    [[nodiscard]] virtual bool may_be_given_up() const { return false; }
    /// Starts the work, or goes on after a wake. Returns the response when it is there; nullopt: call again when `wake`
    /// comes back.
    virtual std::optional<Response> advance(Wake wake) = 0;
    /// Bytes of memory that it holds, about.
    [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }
    /// What it changed, whatever the response says. Asked once, when the response is there.
    [[nodiscard]] virtual Changes take_changes() { return {}; }
};

/// A 1xx response that a sink wants sent while its body is read (RFC 9110 §15.2).
struct Interim {
    Status status;
    FieldList fields;
};

/// Where a request's body goes. Destroying it before finish() is the abort: nothing remains, except of sinks that say
/// otherwise (resumable uploads keep what arrived).
class BodySink {
public:
    virtual ~BodySink() = default;
    /// Takes all of `block` or refuses the upload (507, 413, …); after a refusal only destruction follows.
    virtual std::expected<void, Refusal> write(std::span<const std::byte> block) = 0;
    /// Processes a slice (about a millisecond) of what was taken and not processed yet; false while some of it is left.
    /// Called before more of the body is received, so that other connections have their turn between two slices.
    virtual bool catch_up() { return true; }
    /// The whole body is in. `trailers`: the trailer section, CRLF-ended field lines, may be empty.
    /// Returns what makes it durable and then answers; this sink is not used again.
    virtual std::unique_ptr<PendingResponse> finish(std::string_view trailers) = 0;
    /// Bytes of memory that it holds, about.
    [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }
    /// An interim response to send now, or none. Asked before the body is read and after each block that was taken;
    /// never for an HTTP/1.0 client, which would not understand it.
    virtual std::optional<Interim> take_interim() { return std::nullopt; }
    /// The refusal for a peer that closed its side before the end of the body.
    [[nodiscard]] virtual Refusal incomplete() const {
        return {Status::bad_request, "the body ended before its announced end; nothing was stored"};
    }
};

}  // namespace http
