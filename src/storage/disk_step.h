// What a process of the disk queue is asked to do: one call each, and their messages. The queue writes them and the
// process reads them; the queue also makes the calls itself when there is no process any more. Only carry_out() makes
// system calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"

namespace storage {

struct NamingCall;

/// Descriptors are those of the process that holds the value.
struct DiskStep {
    enum class Kind : std::uint8_t {
        sync_data,  ///< fdatasync of `file`
        sync_all,   ///< fsync of `file`
        close,      ///< of `file`, by whoever has it last
        remove,     ///< the server's own name `from` in the directory `file`
        link_file,  ///< the open `file`, which may have no name, to `to` in `directory`
        link,       ///< the name `from` in the directory `file`, likewise
        rename,     ///< likewise
        read,       ///< `length` bytes of `file` from `offset`, to have them in memory
    };
    Kind kind = Kind::close;
    int file = -1;
    int directory = -1;
    unsigned flags = 0;  ///< of link and rename
    std::uint32_t length = 0;
    std::uint64_t offset = 0;
    std::string from;
    std::string to;

    [[nodiscard]] static DiskStep of(const NamingCall& call);
    friend bool operator==(const DiskStep&, const DiskStep&) = default;
};

/// Makes the call, unless it is a close. An errno, 0 for success.
[[nodiscard]] int carry_out(const DiskStep& step);

/// A message holds as many steps as a chain of namings may have, with names of the greatest length.
inline constexpr std::size_t kMostStepsBytes = 64 * 1024;

struct DiskMessage {
    std::vector<char> bytes;
    std::vector<int> files;  ///< come along, each once
};
[[nodiscard]] DiskMessage encode(std::span<const DiskStep> steps);
/// `files`: as they came along; they outlive the steps. nullopt: it is no such message.
[[nodiscard]] std::optional<std::vector<DiskStep>> decode_steps(std::span<const char> bytes,
                                                                std::span<const base::Fd> files);

/// The errno of each step, in their order; the answer of the process.
[[nodiscard]] std::vector<char> encode(std::span<const int> errors);
/// nullopt: it is no answer to so many steps.
[[nodiscard]] std::optional<std::vector<int>> decode_errors(std::span<const char> bytes, std::size_t steps);

}  // namespace storage
