// Opens a path and makes its representation: reads small files, finds sidecars, prepares tags and field lines.
// Called by the representation cache alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "files/cache_rules.h"
#include "files/representation.h"
#include "media/compression_policy.h"
#include "media/media_type.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"
#include "storage/path_watch.h"
#include "storage/write_watch.h"

namespace files {

/// Why there is no representation.
enum class FindError : std::uint8_t {
    absent,      ///< no such file, or it lies outside the root: 404
    denied,      ///< no right to read it: 403
    unsuitable,  ///< a FIFO, socket or device: 403
    changing,    ///< written to while it was read, again and again: 503
    exhausted,   ///< no descriptors or memory left: 503
    failed,      ///< the disk failed: 500
};

/// What an errno of opening means for the request.
[[nodiscard]] FindError find_error(storage::FileError error);

/// What was opened, and how to see that it is still so.
struct Opened {
    std::shared_ptr<Representation> representation;
    storage::PathWatch watch;
};

/// The charset of the text files below a path, in place of UTF-8.
struct CharsetRule {
    std::string path_prefix;  ///< begins with a slash
    std::string charset;
};

/// What decides about the fields and forms of a representation besides the file itself.
struct RepresentationRules {
    media::CompressionPolicy policy;
    CacheRules cache_rules;
    std::shared_ptr<const media::MediaTypes> media_types = media::MediaTypes::built_in();
    std::vector<CharsetRule> charsets;  ///< the longest prefix counts, of the path or of the one without links
    /// Strangers may have written files: those that could run scripts as pages of this server are sent with
    /// kConfinement.
    bool confines_pages = false;
    /// Files are written through this server: a sidecar counts only when it was stored after its file, because
    /// whoever writes a file may choose its mtime, and a copy keeps it.
    bool takes_uploads = false;
};

class RepresentationBuilder {
public:
    /// The references, and `disk` unless it is absent, must outlive this and what it builds.
    RepresentationBuilder(const storage::FileRoot& root, const base::Clock& clock, std::size_t small_file_bytes,
                          RepresentationRules rules, storage::DiskQueue* disk);

    [[nodiscard]] const RepresentationRules& rules() const { return rules_; }
    /// What is opened from here on follows `rules`.
    void replace_rules(RepresentationRules rules) { rules_ = std::move(rules); }

    [[nodiscard]] std::expected<Opened, FindError> open(std::string_view path) const;

    // The steps of a coded form that is made on the fly; each states what the form is from here on.
    static void set_state(Representation& representation, Coding coding, Form::State state);
    static void set_bytes(Representation& representation, Coding coding, http::Blob bytes);
    static void set_digest(Representation& representation, Coding coding, http::DigestAlgorithm algorithm,
                           std::string value);

private:
    struct Content;

    [[nodiscard]] bool is_cold(int descriptor, const struct stat& status) const;
    [[nodiscard]] std::expected<Content, FindError> read(base::Fd descriptor) const;
    void add_sidecars(Representation& representation, const storage::PathWatch& watch, std::string_view path) const;
    void add_sidecar(Representation& representation, const storage::PathWatch::Sidecar& seen, std::string_view path,
                     std::size_t index) const;
    [[nodiscard]] std::string choose_media_type(const media::NamedType& named, const Content& content,
                                                const Representation& representation) const;
    void add_made_forms(Representation& representation) const;
    void prepare_texts(Representation& representation) const;

    const storage::FileRoot& root_;
    const base::Clock& clock_;
    std::size_t small_file_bytes_;
    RepresentationRules rules_;
    storage::DiskQueue* disk_;
    std::shared_ptr<storage::WriteWatch> writes_ = std::make_shared<storage::WriteWatch>();
};

}  // namespace files
