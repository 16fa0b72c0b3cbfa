// Copying in slices.
#include "records/record_copy.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/file_io.h"
#include "storage/property_text.h"
#include "storage/write_error.h"

namespace records {
namespace {

/// One read and one write while copying.
constexpr std::size_t kCopyBytes = std::size_t{64} * 1024;

}  // namespace

std::expected<RecordCopy, http::Refusal> RecordCopy::create(int directory, Base base) {
    auto file = storage::TemporaryFile::create(directory);
    if (!file) return std::unexpected(storage::write_refusal(file.error().number));
    return RecordCopy(std::move(base), std::move(*file));
}

std::expected<void, http::Refusal> RecordCopy::copy_slice() {
    std::uint64_t budget = kRecordSliceBytes;
    const auto size = static_cast<std::uint64_t>(base_.status.st_size);
    const RecordPlace& old = base_.old;
    if (copied_ < old.offset) {
        if (const auto copied = copy_to(old.offset, budget); !copied) return copied;
    }
    if (copied_ == old.offset) {
        if (base_.line) {
            if (const auto written = write_all(*base_.line + "\n"); !written) return written;
        }
        copied_ = std::min(size, old.offset + old.length + 1);
    }
    return copied_ > old.offset ? copy_to(size, budget) : std::expected<void, http::Refusal>();
}

std::expected<void, http::Refusal> RecordCopy::take_after_base() {
    // The owner is kept where the process has the right to set it.
    storage::copy_owner_and_mode(file_.descriptor(), base_.status);
    const auto kept = storage::keep_property_text(base_.bytes->descriptor(), file_.descriptor());
    if (!kept) return std::unexpected(storage::write_refusal(kept.error()));
    return {};
}

std::expected<void, http::Refusal> RecordCopy::copy_to(std::uint64_t end, std::uint64_t& budget) {
    std::array<char, kCopyBytes> block;
    while (copied_ < end && budget > 0) {
        const auto count = static_cast<std::size_t>(std::min({end - copied_, budget, std::uint64_t{block.size()}}));
        const auto room = std::as_writable_bytes(std::span(block)).first(count);
        // The file became shorter: another program changed it. The look before the name is given would find that as
        // well.
        const auto got = base::read_or_fail(base_.bytes->descriptor(), copied_, room);
        if (!got) return std::unexpected(storage::write_refusal(got.error()));
        if (*got != count) {
            return std::unexpected(
                http::Refusal{http::Status::service_unavailable,
                              "another program changed the file at the same time; nothing was changed, try again."});
        }
        if (const auto written = write_all({block.data(), count}); !written) return written;
        copied_ += count;
        budget -= count;
    }
    return {};
}

std::expected<void, http::Refusal> RecordCopy::write_all(std::string_view text) {
    const int error = base::write_at(file_.descriptor(), written_, std::as_bytes(std::span(text)));
    if (error != 0) return std::unexpected(storage::write_refusal(error));
    return {};
}

}  // namespace records
