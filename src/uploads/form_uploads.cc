// The sink of a form, its commits and its answer.
#include "uploads/form_uploads.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "storage/file_commit.h"
#include "uploads/form_answer.h"
#include "uploads/form_reader.h"
#include "uploads/upload_time.h"

namespace uploads {
namespace {

using http::Refusal;
using http::Status;

/// Reads what is left of the form, then commits its files, and answers.
class FormCommits final : public http::PendingResponse {
public:
    FormCommits(base::WakeQueue& wakes, std::unique_ptr<const handler::KeptRequest> request,
                std::unique_ptr<FormReader> reader, FormShare share)
        : wakes_(wakes), request_(std::move(request)), reader_(std::move(reader)), share_(std::move(share)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        if (step_ == Step::reading) {
            if (!reader_->work()) return go_on_later(wake);
            if (const auto fault = reader_->find_fault()) return handler::refusal_response(&request_->get(), *fault);
            step_ = Step::committing;
        }
        settle(wake);
        std::size_t begun = 0;
        while (may_begin() && begun < kFormFilesPerSlice) {
            begin(reader_->entries()[next_++], wake);
            ++begun;
        }
        if (!running_.empty()) return std::nullopt;  // the disk wakes this
        if (next_ < reader_->entries().size()) return go_on_later(wake);
        return answer();
    }
    [[nodiscard]] http::Changes take_changes() override { return std::move(changes_); }

private:
    enum class Step : std::uint8_t { reading, committing };
    struct Running {
        std::unique_ptr<storage::FileCommit> commit;
        std::string path;  ///< that it was asked for
        FormFile* file;
    };

    std::optional<http::Response> go_on_later(http::Wake wake) {
        wakes_.wake(wake);
        return std::nullopt;
    }

    /// When two files of a form have one name, the later one is committed later.
    [[nodiscard]] bool may_begin() const {
        const auto& entries = reader_->entries();
        if (next_ == entries.size() || running_.size() == kFormCommitsAtOnce) return false;
        const auto& waiting = entries[next_].waiting;
        return !waiting || std::ranges::find(running_, waiting->path(), &Running::path) == running_.end();
    }

    void begin(FormReader::Entry& entry, http::Wake wake) {
        if (!entry.waiting) return;
        std::string path = entry.waiting->path();
        auto commit = std::move(*entry.waiting).resume();
        entry.waiting.reset();
        if (!commit) {
            refuse(entry.file, commit.error());
            return;
        }
        running_.push_back({std::move(*commit), std::move(path), &entry.file});
        if (advance_one(running_.back(), wake)) running_.pop_back();
    }

    void settle(http::Wake wake) {
        std::erase_if(running_, [&](Running& each) { return advance_one(each, wake); });
    }

    /// True when it has its result.
    bool advance_one(Running& running, http::Wake wake) {
        const auto result = running.commit->advance(wake);
        if (!result) return false;
        if (auto change = running.commit->take_change()) changes_.push_back(std::move(*change));
        if (!*result) {
            refuse(*running.file, result->error());
            return true;
        }
        const storage::FileCommit::Stored& stored = **result;
        const bool created = stored.how == storage::FileCommit::Stored::How::created;
        running.file->status = created ? Status::created : Status::no_content;
        running.file->keeps_time = stored.keeps_time;
        running.file->entity_tag = stored.entity_tag;
        if (!running.file->is_named()) return true;
        const std::string& path = running.commit->path();
        running.file->name = path.substr(path.rfind('/') + 1);
        return true;
    }

    static void refuse(FormFile& file, const Refusal& refusal) {
        file.status = refusal.status;
        file.fault = refusal.reason;
    }

    http::Response answer() {
        std::vector<FormFile> files;
        for (FormReader::Entry& entry : reader_->entries()) files.push_back(std::move(entry.file));
        http::Response response = answer_form(request_->get(), files);
        const auto keeps_time = [](const FormFile& file) { return !file.is_stored() || file.keeps_time; };
        const bool is_any_stored = std::ranges::any_of(files, &FormFile::is_stored);
        if (is_any_stored && std::ranges::all_of(files, keeps_time)) response.add(kTimeField, "accepted");
        return response;
    }

    base::WakeQueue& wakes_;
    std::unique_ptr<const handler::KeptRequest> request_;
    std::unique_ptr<FormReader> reader_;
    Step step_ = Step::reading;
    std::size_t next_ = 0;  ///< of the reader's entries: the first that was not begun
    std::vector<Running> running_;
    http::Changes changes_;
    FormShare share_;
};

class FormSink final : public http::BodySink {
public:
    FormSink(const storage::WriteParts& parts, const handler::WriteRules& config, const http::Request& request,
             std::string_view directory, std::string_view boundary, handler::BodyDigests digests,
             std::optional<std::int64_t> modified_s, FormShare share)
        : wakes_(parts.disk.wakes()),
          request_(std::make_unique<const handler::KeptRequest>(request)),
          reader_(std::make_unique<FormReader>(parts, WriteGate(config, parts.root, handler::Client::of(request)),
                                               config.on_conflict, directory, boundary)),
          digests_(std::move(digests)),
          limit_(config.max_body),
          share_(std::move(share)) {
        if (modified_s) reader_->keep_time(*modified_s);
    }

    std::expected<void, Refusal> write(std::span<const std::byte> block) override {
        if (limit_.is_exceeded_by(bytes_ + block.size())) return std::unexpected(limit_.refusal());
        if (auto refused = share_.unfinished.check(share_.held.client(), block.size()); !refused) return refused;
        bytes_ += block.size();
        share_.held.set_bytes(bytes_);
        digests_.update(block);
        return reader_->take(block);
    }

    bool catch_up() override { return reader_->work(); }
    [[nodiscard]] std::size_t memory_bytes() const override { return reader_->memory_bytes(); }

    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) override {
        auto fault = digests_.take_trailers(trailers);
        // The form itself is not kept, so a digest that was not announced cannot be checked.
        if (!fault) fault = digests_.lacks_some() ? handler::kDigestUnannounced : digests_.finish();
        if (fault) return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request_->get(), *fault));
        return std::make_unique<FormCommits>(wakes_, std::move(request_), std::move(reader_), std::move(share_));
    }

private:
    base::WakeQueue& wakes_;
    std::unique_ptr<const handler::KeptRequest> request_;
    std::unique_ptr<FormReader> reader_;
    handler::BodyDigests digests_;
    const handler::SizeLimit& limit_;
    std::uint64_t bytes_ = 0;
    FormShare share_;
};

}  // namespace

std::unique_ptr<http::BodySink> make_form_sink(const storage::WriteParts& parts, const handler::WriteRules& config,
                                               const http::Request& request, std::string_view directory,
                                               std::string_view boundary, handler::BodyDigests digests,
                                               std::optional<std::int64_t> modified_s, FormShare share) {
    return std::make_unique<FormSink>(parts, config, request, directory, boundary, std::move(digests), modified_s,
                                      std::move(share));
}

}  // namespace uploads
