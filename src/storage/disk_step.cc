// Both sides are the same program on the same machine, so numbers go as they are in memory. A step is its fixed part
// and its two names.
#include "storage/disk_step.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "base/file_io.h"
#include "storage/disk_queue.h"
#include "storage/name_calls.h"

namespace storage {
namespace {

/// Files are given by their places among those that come along.
struct FixedPart {
    std::uint32_t kind;
    std::int32_t file;
    std::int32_t directory;
    std::uint32_t flags;
    std::uint32_t from_length;
    std::uint32_t to_length;
    std::uint32_t length;
    std::uint32_t unused;  ///< no byte between the numbers is left without a value
    std::uint64_t offset;
};
static_assert(std::is_trivially_copyable_v<FixedPart>);

constexpr std::int32_t kNone = -1;

bool has_directory(DiskStep::Kind kind) {
    using enum DiskStep::Kind;
    return kind == link_file || kind == link || kind == rename;
}

std::int32_t place_of(int file, std::vector<int>& files) {
    const auto found = std::ranges::find(files, file);
    const auto place = static_cast<std::int32_t>(found - files.begin());
    if (found == files.end()) files.push_back(file);
    return place;
}

std::optional<int> file_at(std::int32_t place, std::span<const base::Fd> files) {
    if (place < 0 || static_cast<std::size_t>(place) >= files.size()) return std::nullopt;
    return files[static_cast<std::size_t>(place)].get();
}

/// Takes `length` bytes from the front of `bytes`.
std::optional<std::string> take_text(std::span<const char>& bytes, std::size_t length) {
    if (length > bytes.size()) return std::nullopt;
    std::string text(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    bytes = bytes.subspan(length);
    return text;
}

std::optional<DiskStep> take_step(std::span<const char>& bytes, std::span<const base::Fd> files) {
    FixedPart fixed{};
    if (bytes.size() < sizeof fixed) return std::nullopt;
    std::memcpy(&fixed, bytes.data(), sizeof fixed);
    bytes = bytes.subspan(sizeof fixed);
    if (fixed.kind > static_cast<std::uint32_t>(DiskStep::Kind::read)) return std::nullopt;
    DiskStep step;
    step.kind = static_cast<DiskStep::Kind>(fixed.kind);
    step.flags = fixed.flags;
    step.length = fixed.length;
    step.offset = fixed.offset;
    const auto file = file_at(fixed.file, files);
    const auto directory = has_directory(step.kind) ? file_at(fixed.directory, files) : kNone;
    auto from = take_text(bytes, fixed.from_length);
    auto to = from ? take_text(bytes, fixed.to_length) : std::nullopt;
    if (!file || !directory || !to) return std::nullopt;
    step.file = *file;
    step.directory = *directory;
    step.from = std::move(*from);
    step.to = std::move(*to);
    return step;
}

int error_of(int result) { return result == 0 ? 0 : errno; }

/// Reads and forgets. A file that ends earlier is no error.
int read_through(int file, std::uint64_t offset, std::uint64_t length) {
    std::array<std::byte, 64 * 1024> bytes{};
    while (length > 0) {
        const std::size_t wanted = std::min<std::uint64_t>(length, bytes.size());
        const auto read = base::read_or_fail(file, offset, std::span(bytes).first(wanted));
        if (!read) return read.error();
        if (*read < wanted) return 0;
        offset += wanted;
        length -= wanted;
    }
    return 0;
}

}  // namespace

DiskStep DiskStep::of(const NamingCall& call) {
    const bool is_file = call.file >= 0;
    DiskStep step{.kind = call.kind == NamingCall::Kind::rename ? Kind::rename : Kind::link,
                  .file = is_file ? call.file : call.from_directory,
                  .directory = call.to_directory,
                  .flags = call.flags,
                  .from = is_file ? std::string() : call.from,
                  .to = call.to};
    if (is_file) step.kind = Kind::link_file;
    return step;
}

int carry_out(const DiskStep& step) {
    switch (step.kind) {
        case DiskStep::Kind::sync_data: return error_of(::fdatasync(step.file));
        case DiskStep::Kind::sync_all: return error_of(::fsync(step.file));
        case DiskStep::Kind::close: return 0;
        case DiskStep::Kind::read: return read_through(step.file, step.offset, step.length);
        case DiskStep::Kind::remove: return remove_own({step.file, step.from});
        case DiskStep::Kind::link_file:
            return make_call({.kind = NamingCall::Kind::link,
                              .from_directory = AT_FDCWD,
                              .from = path_of_descriptor(step.file),
                              .to_directory = step.directory,
                              .to = step.to,
                              .flags = AT_SYMLINK_FOLLOW,
                              .file = step.file});
        case DiskStep::Kind::link:
        case DiskStep::Kind::rename:
            return make_call(
                {.kind = step.kind == DiskStep::Kind::link ? NamingCall::Kind::link : NamingCall::Kind::rename,
                 .from_directory = step.file,
                 .from = step.from,
                 .to_directory = step.directory,
                 .to = step.to,
                 .flags = step.flags});
    }
    return EINVAL;
}

DiskMessage encode(std::span<const DiskStep> steps) {
    DiskMessage message;
    for (const DiskStep& step : steps) {
        const FixedPart fixed{.kind = static_cast<std::uint32_t>(step.kind),
                              .file = place_of(step.file, message.files),
                              .directory = has_directory(step.kind) ? place_of(step.directory, message.files) : kNone,
                              .flags = step.flags,
                              .from_length = static_cast<std::uint32_t>(step.from.size()),
                              .to_length = static_cast<std::uint32_t>(step.to.size()),
                              .length = step.length,
                              .unused = 0,
                              .offset = step.offset};
        const auto* const begin = reinterpret_cast<const char*>(&fixed);
        message.bytes.insert(message.bytes.end(), begin, begin + sizeof fixed);
        message.bytes.insert(message.bytes.end(), step.from.begin(), step.from.end());
        message.bytes.insert(message.bytes.end(), step.to.begin(), step.to.end());
    }
    return message;
}

std::optional<std::vector<DiskStep>> decode_steps(std::span<const char> bytes, std::span<const base::Fd> files) {
    std::vector<DiskStep> steps;
    while (!bytes.empty()) {
        auto step = take_step(bytes, files);
        if (!step) return std::nullopt;
        steps.push_back(std::move(*step));
    }
    return steps;
}

std::vector<char> encode(std::span<const int> errors) {
    const auto* const begin = reinterpret_cast<const char*>(errors.data());
    return {begin, begin + errors.size_bytes()};
}

std::optional<std::vector<int>> decode_errors(std::span<const char> bytes, std::size_t steps) {
    std::vector<int> errors(steps);
    if (bytes.size() != steps * sizeof(int)) return std::nullopt;
    if (steps > 0) std::memcpy(errors.data(), bytes.data(), bytes.size());
    return errors;
}

}  // namespace storage
