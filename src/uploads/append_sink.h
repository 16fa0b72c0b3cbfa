// The body of a request that creates a resumable upload or appends to one: its bytes go into the upload's file at once,
// and stay there however the request ends. Made by ResumableUploads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "handler/body_digests.h"
#include "http/body.h"
#include "uploads/resumption_answers.h"
#include "uploads/upload_store.h"
#include "uploads/write_gate.h"

namespace uploads {

class AppendSink final : public http::BodySink {
public:
    enum class Ends : std::uint8_t { part, whole };
    enum class Role : std::uint8_t { creates, appends };
    enum class Interims : std::uint8_t { unwanted, wanted };  ///< by the client's version of the draft

    struct Setting {
        Ends ends;
        Role role;
        Interims interims;
        const handler::SizeLimit& limit;  ///< of the whole upload; outlives the sink
        /// Of the whole, where this request or an earlier one stated it. It is noted when the request is accepted.
        std::optional<std::uint64_t> length;
        WriteGate gate;  ///< asked again when the upload is whole
    };

    /// `store` outlives this; the upload's generation is that of this request. `digests` cover what `setting` says.
    AppendSink(UploadStore& store, const UploadStore::Upload& upload, std::shared_ptr<const PartialFile> bytes,
               handler::BodyDigests digests, const Setting& setting);

    std::expected<void, http::Refusal> write(std::span<const std::byte> block) override;
    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) override;
    std::optional<http::Interim> take_interim() override;
    [[nodiscard]] http::Refusal incomplete() const override;

private:
    UploadStore::Upload* current() const;
    std::expected<void, http::Refusal> write_bytes(UploadStore::Upload& upload, std::span<const std::byte> block);
    std::unique_ptr<http::PendingResponse> take_back(UploadStore::Upload& upload, http::Response refused);
    std::unique_ptr<http::PendingResponse> go_on(const handler::BodyDigests& checked,
                                                 const std::optional<http::Refusal>& fault);
    std::unique_ptr<http::PendingResponse> complete(UploadStore::Upload& upload, const handler::BodyDigests& checked);

    UploadStore& store_;
    std::uint64_t number_;
    std::uint64_t generation_;
    std::shared_ptr<const PartialFile> bytes_;
    handler::BodyDigests digests_;
    Setting setting_;
    std::uint64_t begin_;          ///< the offset of the body's first byte
    std::uint64_t told_;           ///< the offset that the client was last told
    std::uint64_t unchecked_ = 0;  ///< bytes since free space was last checked
    std::optional<http::Interim> announcement_;
};

}  // namespace uploads
