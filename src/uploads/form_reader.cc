// Parts of a form into temporary files.
#include "uploads/form_reader.h"

#include <utility>

#include "uploads/form_uploads.h"
#include "uploads/upload_name.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

/// True when the server has no room or is broken: the files that follow would be refused as well, and need not be sent.
bool concerns_all(Status status) { return http::code(status) >= 500; }

}  // namespace

FormReader::FormReader(const storage::WriteParts& parts, WriteGate gate, storage::OnConflict wanted,
                       std::string_view directory, std::string_view boundary, std::chrono::microseconds slice)
    : parts_(parts),
      gate_(std::move(gate)),
      wanted_(wanted),
      directory_(directory),
      parser_(boundary, kMaxFormParts),
      slice_(slice) {}

void FormReader::begin_slice() {
    files_left_ = kFormFilesPerSlice;
    slice_end_ = Time::now() + slice_;
}

/// At least one file in each slice.
void FormReader::count_file() {
    --files_left_;
    if (files_left_ > 0 && Time::now() >= slice_end_) files_left_ = 0;
}

std::expected<void, Refusal> FormReader::take(std::span<const std::byte> block) {
    if (held_.empty()) {
        begin_slice();
        block = block.subspan(read(block));
    }
    if (refusal_) return std::unexpected(*refusal_);
    held_.insert(held_.end(), block.begin(), block.end());
    return {};
}

bool FormReader::work() {
    if (held_.empty()) return true;
    begin_slice();
    held_at_ += read(std::span(held_).subspan(held_at_));
    if (held_at_ < held_.size() && !refusal_) return false;
    held_.clear();
    held_at_ = 0;
    return true;
}

/// Reads on until the input or the slice ends; returns how much was read.
std::size_t FormReader::read(std::span<const std::byte> input) {
    using Event = http::MultipartParser::Event;
    std::size_t at = 0;
    while (!refusal_ && files_left_ > 0) {
        const http::MultipartParser::Step step = parser_.next(input.subspan(at));
        at += step.consumed;
        switch (step.event) {
            case Event::need_more: return at;
            case Event::part_begin: begin_part(); break;
            case Event::part_bytes: take_bytes(step.bytes); break;
            case Event::part_end: end_part(); break;
            case Event::end: break;
            case Event::error:
                refuse_form(
                    {parser_.over_limit() ? Status::content_too_large : Status::bad_request, parser_.error_text()});
                break;
        }
    }
    return at;
}

void FormReader::begin_part() {
    field_bytes_ = 0;
    const auto& filename = parser_.part().filename;
    if (!filename) {
        part_ = Part::field;
    } else if (filename->empty()) {
        part_ = Part::unnamed;
    } else {
        begin_file(*filename);
    }
}

void FormReader::begin_file(std::string_view filename) {
    entries_.push_back({.file = {.name = std::string(filename)}, .waiting = std::nullopt});
    auto name = choose_file_name(filename, parts_.root.dot_files());
    if (!name) return refuse_file(name.error());
    entries_.back().file.name = *name;
    const std::string path = directory_ + *name;
    const auto admission = gate_.admit_file(path, wanted_, WriteGate::Named::in_passing);
    if (!admission) return refuse_file(admission.error());
    entries_.back().file.tells = admission->tells;
    auto sink = storage::FileSink::open(parts_, path, std::nullopt, {}, admission->on_conflict);
    if (!sink) return refuse_file(gate_.refusal_at(path, sink.error()));
    sink_.emplace(std::move(*sink));
    if (modified_s_) sink_->keep_time(*modified_s_);
    part_ = Part::file;
}

void FormReader::take_bytes(std::span<const std::byte> bytes) {
    switch (part_) {
        case Part::file:
            if (const auto written = sink_->write(bytes); !written) refuse_file(written.error());
            break;
        case Part::field:
            field_bytes_ += bytes.size();
            if (field_bytes_ <= kMaxFormFieldBytes) break;
            refuse_form({Status::content_too_large,
                         "a field of the form is longer than 64 KiB; the part of a file states its filename."});
            break;
        case Part::unnamed:
            // A form in which no file was chosen has such a part, with nothing in it.
            entries_.push_back({});
            refuse_file({Status::unprocessable_content, "the part of this file has an empty filename."});
            break;
        case Part::ignored:
        case Part::none: break;
    }
}

void FormReader::end_part() {
    const bool is_file = part_ == Part::file || part_ == Part::ignored;
    if (part_ == Part::file) {
        Entry& entry = entries_.back();
        entry.file.bytes = sink_->bytes();
        auto parked = storage::ParkedFile::park(std::move(*sink_), waiting_place_);
        sink_.reset();
        if (parked) {
            entry.waiting.emplace(std::move(*parked));
        } else {
            refuse_file(parked.error());
        }
    }
    part_ = Part::none;
    if (is_file) count_file();
}

void FormReader::refuse_file(const Refusal& refusal) {
    part_ = Part::ignored;
    sink_.reset();
    entries_.back().file.status = refusal.status;
    entries_.back().file.fault = refusal.reason;
    entries_.back().file.missing = refusal.missing;
    if (concerns_all(refusal.status)) refuse_form(refusal);
}

/// Stores nothing of the form.
void FormReader::refuse_form(const Refusal& refusal) {
    if (!refusal_) refusal_ = refusal;
    sink_.reset();
    entries_.clear();
}

std::optional<Refusal> FormReader::find_fault() const {
    if (refusal_) return refusal_;
    if (!parser_.complete()) {
        return Refusal{Status::bad_request, "the form ends before its closing boundary; nothing was stored."};
    }
    if (entries_.empty()) {
        return Refusal{Status::unprocessable_content,
                       "the form holds no file; choose one, or send each as a part with a filename."};
    }
    return std::nullopt;
}

}  // namespace uploads
