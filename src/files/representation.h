// One version of one served file: the open descriptor, its validators, its prepared fields, the bytes when it is
// small, and its coded forms. Made by the representation cache; responses hold it while they are sent.
#pragma once

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/accept_encoding.h"
#include "http/body.h"
#include "http/digest_field.h"
#include "http/field_list.h"

namespace files {

/// gzip and deflate are made here; br and zstd come from sidecars only.
using http::Coding;

/// The value of Content-Security-Policy that gives a page an origin of its own and runs none of its scripts (CSP 3
/// §6.3.1).
inline constexpr std::string_view kConfinement = "sandbox";

/// A representation in one coding: what a response with status 200 consists of. Its texts never change or move.
class Form {
public:
    enum class State : std::uint8_t {
        none,     ///< there is no such form
        ready,    ///< its bytes or file and its length are known
        to_make,  ///< not made yet: the first response compresses, and keeps what came out
        making,   ///< one response is compressing it; others compress for themselves
    };

    [[nodiscard]] State state() const { return state_; }
    /// The entity tag, quoted, with "W/" when weak.
    [[nodiscard]] std::string_view entity_tag() const { return entity_tag_; }
    /// The fields of a 200: Content-Type, Content-Encoding, X-Content-Type-Options,
    /// Accept-Ranges, Content-Security-Policy of a confined page, Cache-Control where a rule says so, Last-Modified,
    /// ETag, Vary. No framing fields, no Date.
    [[nodiscard]] http::FieldTail fields() const { return http::FieldTail(fields_); }
    /// fields() without Content-Type: for multipart/byteranges, which has its own.
    [[nodiscard]] http::FieldTail fields_after_type() const { return http::FieldTail(fields_, 1); }
    /// The last of fields(), which a 304 repeats: Cache-Control, Last-Modified, ETag, Vary (RFC 9110 §15.4.5), and
    /// Content-Security-Policy, so that a page which was kept before uploads were allowed is confined, too.
    [[nodiscard]] http::FieldTail not_modified_fields() const { return http::FieldTail(fields_, not_modified_); }
    /// The same without Cache-Control: a refusal names the current version, but must not be cached as long as the file.
    [[nodiscard]] http::FieldTail validator_fields() const { return http::FieldTail(fields_, validators_); }

    /// Meaningful when ready: the length of the body in bytes.
    [[nodiscard]] std::uint64_t length() const { return length_; }
    /// Meaningful when ready: false when the bytes are read from an open file.
    [[nodiscard]] bool is_in_memory() const { return file_ == nullptr; }
    /// "sha-256=:…:" of the body; empty as long as nobody has asked for it.
    [[nodiscard]] const std::string& digest(http::DigestAlgorithm algorithm) const;

private:
    friend class Representation;
    friend class RepresentationBuilder;

    State state_ = State::none;
    std::uint16_t not_modified_ = 0;  ///< number of the first field of a 304
    std::uint16_t validators_ = 0;    ///< number of the first field that says which version it is
    std::uint64_t length_ = 0;
    std::string entity_tag_;
    http::FieldList fields_;  ///< Content-Type is the first
    http::Blob bytes_;        ///< of a form that is ready and has no file
    std::shared_ptr<const http::BodyFile> file_;
    /// A pointer, because digests are seldom asked for, and the other forms should not pay for the texts.
    std::unique_ptr<std::array<std::string, http::kDigestAlgorithms>> digests_;
};

/// All of `bytes`; nothing when they are null.
[[nodiscard]] inline http::Blob blob_of(std::shared_ptr<const std::vector<std::byte>> bytes) {
    if (bytes == nullptr) return {};
    const std::span<const std::byte> all(*bytes);
    return {std::move(bytes), all};
}

class Representation {
public:
    enum class Kind : std::uint8_t { file, directory };

    [[nodiscard]] Kind kind() const { return kind_; }
    /// The target's path that it was found at.
    [[nodiscard]] const std::string& path() const { return path_; }
    /// The same without links: rules for this path hold, too.
    [[nodiscard]] const std::string& real_path() const { return real_path_.empty() ? path_ : real_path_; }
    /// Of the file as it was opened.
    [[nodiscard]] std::uint64_t length() const { return static_cast<std::uint64_t>(status_.st_size); }
    /// With parameters, as in Content-Type.
    [[nodiscard]] std::string_view media_type() const { return media_type_; }
    /// True for a page that must not run scripts with the rights of this server's pages: it goes with kConfinement.
    [[nodiscard]] bool is_confined() const { return confined_; }
    /// Seconds since 1970, as stated in Last-Modified.
    [[nodiscard]] std::int64_t last_modified() const { return last_modified_; }
    /// Seconds since 1970: the ctime, which every change sets and no program can choose.
    [[nodiscard]] std::int64_t last_changed() const { return status_.st_ctim.tv_sec; }
    /// False while later requests read anew: stamps, of the file or a sidecar, are too young to identify the bytes, and
    /// tags are weak; or small content was not in memory yet.
    [[nodiscard]] bool is_settled() const { return settled_; }

    [[nodiscard]] const Form& form(Coding coding) const { return forms_[static_cast<std::size_t>(coding)]; }
    [[nodiscard]] const Form& identity() const { return form(Coding::identity); }
    /// False when only the identity form exists: Accept-Encoding does not matter, and there is no Vary.
    [[nodiscard]] bool has_coded_forms() const { return coded_; }
    /// Those that there are, made or still to make; identity always.
    [[nodiscard]] http::CodingSet codings() const;

    /// `length` bytes from `offset` of a form that is ready. `self` is this object, and keeps the bytes alive.
    [[nodiscard]] static http::Piece slice(const std::shared_ptr<const Representation>& self, Coding coding,
                                           std::uint64_t offset, std::uint64_t length);

    /// Makes the whole of a form that is ready the content of `body`, in its place: a piece is large to move.
    static void send_whole(const std::shared_ptr<const Representation>& self, Coding coding, http::Body& body);

    /// The open file of the identity form; null for a file that is wholly in memory.
    [[nodiscard]] const std::shared_ptr<const http::BodyFile>& file() const { return identity().file_; }
    /// The identity form's bytes, when they are in memory.
    [[nodiscard]] std::span<const std::byte> bytes() const;
    /// Bytes in memory, forms and texts together.
    [[nodiscard]] std::size_t memory_bytes() const;
    /// True while a response sends a form's bytes from where they are.
    [[nodiscard]] bool is_being_sent() const;
    /// Open descriptors held.
    [[nodiscard]] std::size_t descriptors() const;

private:
    friend class RepresentationBuilder;

    Kind kind_ = Kind::file;
    bool settled_ = false;
    bool coded_ = false;
    bool confined_ = false;
    std::int64_t last_modified_ = 0;
    struct stat status_{};
    std::string path_;
    std::string real_path_;  ///< empty when it is `path_`
    std::string media_type_;
    std::string_view own_coding_;  ///< of the file's bytes, by its name; static lifetime
    std::array<Form, http::kCodings> forms_;
};

}  // namespace files
