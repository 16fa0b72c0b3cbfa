// From a path to a representation. The order of looking matters: the names beside the file first, then the file, so
// that whatever changes meanwhile is seen by the next check.
#include "files/representation_builder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/file_io.h"
#include "http/date.h"
#include "media/media_type.h"
#include "media/scripted_type.h"
#include "media/text_beginning.h"
#include "storage/open_file.h"
#include "storage/validators.h"

namespace files {
namespace {

/// How often a file is read again that is written to while it is read.
constexpr int kReadTries = 5;

constexpr std::array<Coding, storage::kSidecarSuffixes.size()> kSidecarCodings = {Coding::gzip, Coding::deflate,
                                                                                  Coding::br, Coding::zstd};

bool is_older(const timespec& a, const timespec& b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/// All bytes of a small file; nullopt when the file has become shorter than its size, or when two readings differ. A
/// `young` file is read twice: equal stamps do not prove that it did not change, equal bytes do.
std::optional<std::vector<std::byte>> read_whole(int descriptor, const struct stat& status, bool young) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    if (!base::read_exactly(descriptor, 0, bytes)) return std::nullopt;
    if (!young) return bytes;
    std::vector<std::byte> again(bytes.size());
    if (!base::read_exactly(descriptor, 0, again) || again != bytes) return std::nullopt;
    return bytes;
}

/// The name of a coding, in static memory: the rules may go while a representation is sent.
std::string_view own_coding(std::string_view name) {
    if (name.empty()) return {};
    const auto coding = http::find_coding(name);
    return coding ? http::coding_name(*coding) : std::string_view();
}

/// `bytes`: all of a small file, or null; `file`: a larger one.
bool begins_as_text(const std::vector<std::byte>* bytes, const http::BodyFile* file) {
    if (bytes != nullptr)
        return media::is_text(std::span(*bytes).first(std::min(bytes->size(), media::kBeginningBytes)));
    std::array<std::byte, media::kBeginningBytes> beginning{};
    const std::size_t read = file == nullptr ? 0 : base::read_at(file->descriptor(), 0, beginning);
    return media::is_text(std::span(beginning).first(read));
}

}  // namespace

/// A regular file's content: in memory when it is small, as an open file otherwise.
struct RepresentationBuilder::Content {
    struct stat status{};
    std::shared_ptr<const std::vector<std::byte>> bytes;
    std::shared_ptr<const http::BodyFile> file;
    bool is_cold = false;  ///< a small file that the disk has to read first
};

FindError find_error(storage::FileError error) {
    if (error.is_absence()) return FindError::absent;
    switch (error.number) {
        case EACCES:
        case EPERM: return FindError::denied;
        case ENXIO:
        case ENODEV: return FindError::unsuitable;
        case EAGAIN:
        case EINTR: return FindError::changing;
        case EMFILE:
        case ENFILE:
        case ENOMEM: return FindError::exhausted;
        default: return FindError::failed;
    }
}

RepresentationBuilder::RepresentationBuilder(const storage::FileRoot& root, const base::Clock& clock,
                                             std::size_t small_file_bytes, RepresentationRules rules,
                                             storage::DiskQueue* disk)
    : root_(root), clock_(clock), small_file_bytes_(small_file_bytes), rules_(std::move(rules)), disk_(disk) {}

std::expected<Opened, FindError> RepresentationBuilder::open(std::string_view path) const {
    Opened opened;
    const auto seen = opened.watch.look(root_, path);
    if (!seen) return std::unexpected(find_error(seen.error()));
    // Opening a device can set it in motion, so it is not opened even to be refused.
    if (!S_ISREG(seen->st_mode) && !S_ISDIR(seen->st_mode)) return std::unexpected(FindError::unsuitable);
    const media::NamedType named = rules_.media_types->describe(path);
    const bool may_have_sidecars = named.coding.empty() && !media::is_compressed(named.media_type);
    if (may_have_sidecars) opened.watch.look_at_sidecars(root_, path, clock_.unix_ns());

    auto descriptor = root_.open_for_reading(path);
    if (!descriptor) return std::unexpected(find_error(descriptor.error()));
    auto representation = std::make_shared<Representation>();
    auto content = read(std::move(*descriptor));
    if (!content) return std::unexpected(content.error());

    representation->path_ = path;
    representation->status_ = content->status;
    if (S_ISDIR(content->status.st_mode)) {
        representation->kind_ = Representation::Kind::directory;
        opened.representation = std::move(representation);
        return opened;
    }
    opened.watch.set_file(content->status);
    if (opened.watch.passes_link()) representation->real_path_ = root_.find_real_path(path).value_or(std::string());
    representation->media_type_ = choose_media_type(named, *content, *representation);
    representation->own_coding_ = own_coding(named.coding);
    representation->confined_ = rules_.confines_pages && media::may_run_scripts(representation->media_type_);
    representation->settled_ = !storage::is_young(content->status, clock_.unix_ns()) && !content->is_cold;
    representation->last_modified_ = storage::last_modified_seconds(content->status, clock_.unix_ns());
    Form& identity = representation->forms_[0];
    identity.state_ = Form::State::ready;
    identity.length_ = representation->length();
    identity.bytes_ = blob_of(std::move(content->bytes));
    identity.file_ = std::move(content->file);
    if (may_have_sidecars) add_sidecars(*representation, opened.watch, path);
    add_made_forms(*representation);
    prepare_texts(*representation);
    opened.representation = std::move(representation);
    return opened;
}

/// A small file that is on the disk only is sent as a large one is, whose reads do not hold the loop; the next request
/// finds it in memory. A young file has just been written, so it is there.
bool RepresentationBuilder::is_cold(int descriptor, const struct stat& status) const {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (disk_ == nullptr || size == 0 || size > small_file_bytes_) return false;
    return !storage::is_young(status, clock_.unix_ns()) && !base::is_in_memory(descriptor, 0, size);
}

std::expected<RepresentationBuilder::Content, FindError> RepresentationBuilder::read(base::Fd descriptor) const {
    Content content;
    if (::fstat(descriptor.get(), &content.status) != 0) return std::unexpected(FindError::failed);
    if (S_ISDIR(content.status.st_mode)) return content;
    if (!S_ISREG(content.status.st_mode)) return std::unexpected(FindError::unsuitable);

    content.is_cold = is_cold(descriptor.get(), content.status);
    if (content.is_cold || static_cast<std::uint64_t>(content.status.st_size) > small_file_bytes_) {
        content.file =
            std::make_shared<const storage::OpenFile>(std::move(descriptor), content.status, clock_, disk_, writes_);
        return content;
    }
    for (int i = 0; i < kReadTries; ++i) {
        const struct stat before = content.status;
        auto bytes = read_whole(descriptor.get(), before, storage::is_young(before, clock_.unix_ns()));
        if (::fstat(descriptor.get(), &content.status) != 0) return std::unexpected(FindError::failed);
        if (static_cast<std::uint64_t>(content.status.st_size) > small_file_bytes_) break;
        if (!bytes || !storage::is_same_version(before, content.status)) continue;
        content.bytes = std::make_shared<const std::vector<std::byte>>(std::move(*bytes));
        return content;
    }
    return std::unexpected(FindError::changing);
}

void RepresentationBuilder::add_sidecars(Representation& representation, const storage::PathWatch& watch,
                                         std::string_view path) const {
    for (std::size_t i = 0; i < storage::kSidecarSuffixes.size(); ++i) {
        const storage::PathWatch::Sidecar& seen = watch.sidecar(i);
        if (seen.exists && seen.error == 0) add_sidecar(representation, seen, path, i);
    }
}

void RepresentationBuilder::add_sidecar(Representation& representation, const storage::PathWatch::Sidecar& seen,
                                        std::string_view path, std::size_t index) const {
    if (!S_ISREG(seen.status.st_mode) || is_older(seen.status.st_mtim, representation.status_.st_mtim)) return;
    // It may have been there before the file was stored: put by a stranger, or made from what the file held before.
    if (rules_.takes_uploads && is_older(seen.status.st_ctim, representation.status_.st_ctim)) return;
    const storage::SidecarPath name(path, storage::kSidecarSuffixes[index]);
    auto descriptor = root_.open_for_reading(name.view());
    if (!descriptor) return;
    auto content = read(std::move(*descriptor));
    // The sidecar changed since it was seen: the next check sees that too, and opens everything again.
    if (!content || !storage::is_same_version(content->status, seen.status)) return;
    Form& form = representation.forms_[static_cast<std::size_t>(kSidecarCodings[index])];
    form.state_ = Form::State::ready;
    form.length_ = static_cast<std::uint64_t>(content->status.st_size);
    form.bytes_ = blob_of(std::move(content->bytes));
    form.file_ = std::move(content->file);
    const bool young = storage::is_young(content->status, clock_.unix_ns());
    representation.settled_ = representation.settled_ && !young && !content->is_cold;
    const bool weak = storage::needs_weak_tag(content->status, clock_.unix_ns());
    form.entity_tag_ = storage::coded_tag(storage::make_entity_tag(content->status, weak), kSidecarCodings[index]);
    representation.coded_ = true;
}

/// By the name; where that does not tell, by the first bytes.
std::string RepresentationBuilder::choose_media_type(const media::NamedType& named, const Content& content,
                                                     const Representation& representation) const {
    std::string_view type = named.media_type;
    if (!named.is_certain && begins_as_text(content.bytes.get(), content.file.get())) type = media::kPlainText;
    constexpr std::string_view kUtf8 = "; charset=utf-8";
    const CharsetRule* longest = nullptr;
    for (const CharsetRule& rule : rules_.charsets) {
        const bool is_for_it = representation.real_path().starts_with(rule.path_prefix) ||
                               representation.path().starts_with(rule.path_prefix);
        if (!is_for_it) continue;
        if (longest == nullptr || rule.path_prefix.size() > longest->path_prefix.size()) longest = &rule;
    }
    if (longest == nullptr || !type.ends_with(kUtf8)) return std::string(type);
    return std::string(type.substr(0, type.size() - kUtf8.size())).append("; charset=").append(longest->charset);
}

void RepresentationBuilder::add_made_forms(Representation& representation) const {
    if (!representation.own_coding_.empty()) return;
    if (!rules_.policy.compresses(representation.media_type_, representation.length())) return;
    for (const Coding coding : {Coding::gzip, Coding::deflate}) {
        Form& form = representation.forms_[static_cast<std::size_t>(coding)];
        if (form.state_ == Form::State::none) form.state_ = Form::State::to_make;
    }
    representation.coded_ = true;
}

void RepresentationBuilder::prepare_texts(Representation& representation) const {
    const std::string tag = storage::make_entity_tag(representation.status_,
                                                     storage::needs_weak_tag(representation.status_, clock_.unix_ns()));
    std::string_view cache_control = rules_.cache_rules.find(representation.real_path());
    if (cache_control.empty()) cache_control = rules_.cache_rules.find(representation.path_);
    for (std::size_t i = 0; i < http::kCodings; ++i) {
        Form& form = representation.forms_[i];
        if (form.state_ == Form::State::none) continue;
        const auto coding = static_cast<Coding>(i);
        if (coding == Coding::identity) {
            form.entity_tag_ = tag;
        } else if (form.entity_tag_.empty()) {
            form.entity_tag_ = storage::coded_tag(tag, coding);
        }
        http::FieldList& fields = form.fields_;
        fields.reserve_bytes(320);
        fields.add("Content-Type", representation.media_type_);
        // A file whose name says that it is coded is sent as it is: its bytes are in that coding.
        const std::string_view sent_coding =
            coding == Coding::identity ? representation.own_coding_ : http::coding_name(coding);
        if (!sent_coding.empty()) fields.add("Content-Encoding", sent_coding);
        fields.add("X-Content-Type-Options", "nosniff");
        // Ranges are of the identity form alone: a coded one has none to offer.
        if (coding == Coding::identity) fields.add("Accept-Ranges", "bytes");
        form.not_modified_ = static_cast<std::uint16_t>(fields.size());
        if (representation.confined_) fields.add("Content-Security-Policy", kConfinement);
        if (!cache_control.empty()) fields.add("Cache-Control", cache_control);
        form.validators_ = static_cast<std::uint16_t>(fields.size());
        fields.add("Last-Modified", http::date_text(representation.last_modified_));
        fields.add("ETag", form.entity_tag_);
        if (representation.coded_) fields.add("Vary", "Accept-Encoding");
        fields.shrink_to_fit();
    }
}

void RepresentationBuilder::set_state(Representation& representation, Coding coding, Form::State state) {
    representation.forms_[static_cast<std::size_t>(coding)].state_ = state;
}

void RepresentationBuilder::set_bytes(Representation& representation, Coding coding, http::Blob bytes) {
    Form& form = representation.forms_[static_cast<std::size_t>(coding)];
    form.length_ = bytes.bytes.size();
    form.bytes_ = std::move(bytes);
    form.state_ = Form::State::ready;
}

void RepresentationBuilder::set_digest(Representation& representation, Coding coding, http::DigestAlgorithm algorithm,
                                       std::string value) {
    auto& digests = representation.forms_[static_cast<std::size_t>(coding)].digests_;
    if (digests == nullptr) digests = std::make_unique<std::array<std::string, http::kDigestAlgorithms>>();
    (*digests)[static_cast<std::size_t>(algorithm)] = std::move(value);
}

}  // namespace files
