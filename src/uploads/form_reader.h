// The body of a form with files, as it streams in: every file part becomes a temporary file that waits closed. Works in
// slices. Called by form_uploads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "http/multipart.h"
#include "storage/parked_file.h"
#include "uploads/form_answer.h"
#include "uploads/form_uploads.h"
#include "uploads/write_gate.h"

namespace uploads {

class FormReader {
public:
    struct Entry {
        FormFile file;
        std::optional<storage::ParkedFile> waiting;  ///< nullopt: it was refused
    };

    FormReader(const storage::WriteParts& parts, WriteGate gate, storage::OnConflict wanted, std::string_view directory,
               std::string_view boundary, std::chrono::microseconds slice = kFormSlice);

    /// The files that follow get this modification time, in seconds since 1970.
    void keep_time(std::int64_t modified_s) { modified_s_ = modified_s; }
    /// Takes all of `block`; what does not fit into one slice waits for work(). After a refusal (400, 413, 5xx) nothing
    /// more is taken.
    std::expected<void, http::Refusal> take(std::span<const std::byte> block);
    /// One slice of what waits; false while some is left.
    bool work();
    /// Called when the body has ended and nothing waits: says what is wrong with the form as a whole.
    [[nodiscard]] std::optional<http::Refusal> find_fault() const;
    /// In the order of the form.
    [[nodiscard]] std::deque<Entry>& entries() { return entries_; }
    /// Of memory for what waits.
    [[nodiscard]] std::size_t memory_bytes() const { return held_.capacity(); }

private:
    enum class Part : std::uint8_t { none, field, file, ignored, unnamed };

    using Time = std::chrono::steady_clock;

    void begin_slice();
    void count_file();
    std::size_t read(std::span<const std::byte> input);
    void begin_part();
    void begin_file(std::string_view filename);
    void take_bytes(std::span<const std::byte> bytes);
    void end_part();
    void refuse_file(const http::Refusal& refusal);
    void refuse_form(const http::Refusal& refusal);

    const storage::WriteParts& parts_;
    WriteGate gate_;
    storage::OnConflict wanted_;  ///< where a name is taken
    std::string directory_;
    std::optional<std::int64_t> modified_s_;
    http::MultipartParser parser_;
    Part part_ = Part::none;
    std::size_t field_bytes_ = 0;
    std::optional<storage::FileSink> sink_;          ///< of the part that is read, when it is a file
    std::shared_ptr<const base::Fd> waiting_place_;  ///< where files wait; shared
    std::deque<Entry> entries_;
    std::vector<std::byte> held_;  ///< taken and not read yet: at most what the server receives at once
    std::size_t held_at_ = 0;
    std::size_t files_left_ = 0;  ///< in this slice
    std::chrono::microseconds slice_;
    Time::time_point slice_end_;
    std::optional<http::Refusal> refusal_;
};

}  // namespace uploads
