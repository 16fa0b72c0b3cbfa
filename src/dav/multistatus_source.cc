// Entry by entry, in the order of the file system.
#include "dav/multistatus_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "http/target.h"
#include "storage/write_error.h"
#include "trees/entry_status.h"
#include "trees/walk_slice.h"

namespace dav {
namespace {

/// An entry that is looked at, opened and written; its text costs more.
constexpr unsigned kEntryUnits = 40;
constexpr std::size_t kBytesPerUnit = 256;

}  // namespace

MultistatusSource::MultistatusSource(std::string opening, PropertyWriter writer, Folder folder,
                                     base::DirectoryStream directory, http::MemoryHold hold)
    : writer_(std::move(writer)),
      folder_(std::move(folder)),
      directory_(std::move(directory)),
      hold_(std::move(hold)),
      text_(std::move(opening)) {}

http::BodySource::Pulled MultistatusSource::pull(std::span<std::byte> into) {
    trees::WalkSlice slice;
    std::size_t produced = 0;
    for (;;) {
        produced += text_.take(into.subspan(produced));
        if (!text_.empty()) return {Outcome::produced, produced};
        if (stage_ == Stage::failed) return {Outcome::failed, produced};
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        if (slice.is_over()) return {Outcome::produced, produced};
        slice.add(write_next());
    }
}

unsigned MultistatusSource::write_next() {
    const dirent* const found = directory_.next();
    if (found == nullptr) {
        error_ = errno;
        stage_ = error_ == 0 ? Stage::ended : Stage::failed;
        if (error_ == 0) PropertyWriter::append_closing(text_.out());
        return 1;
    }
    if (!folder_.root.is_listed(static_cast<const char*>(found->d_name))) return trees::kNameUnits;
    write_entry(static_cast<const char*>(found->d_name));
    return kEntryUnits + static_cast<unsigned>(text_.out().size() / kBytesPerUnit);
}

void MultistatusSource::write_entry(const char* name) {
    using Kind = trees::EntryStatus::Kind;
    path_.assign(folder_.path).append(name);
    const trees::EntryStatus found =
        trees::look_at_entry(folder_.root, {.directory = directory_.descriptor(), .name = name, .path = path_});
    if (found.kind == Kind::nothing) return;
    const bool is_directory = found.kind == Kind::directory;
    // Of an entry that could not be looked at it is not known what it is: it is shown to those who may know both.
    if (!is_directory && !folder_.visible.has_file(path_)) return;
    if (found.kind != Kind::file && !folder_.visible.has_directory(path_)) return;
    href_.assign(folder_.href).append(http::encode_path(name));
    if (is_directory) href_.push_back('/');
    if (found.kind == Kind::unknown) {
        entry_error_ = found.error;
        const bool is_denied = found.error == EACCES || found.error == EPERM;
        PropertyWriter::append_failure(text_.out(), href_,
                                       is_denied ? http::Status::forbidden : http::Status::internal_server_error);
        return;
    }
    EntryProperties entry{.href = href_, .name = name, .is_directory = is_directory, .status = found.status};
    if (!is_directory) entry.media_type = folder_.types->type_of(entry.name);
    entry.tell_locks(folder_.locks, path_, writer_.query());
    // Behind a link the file is opened as a GET would.
    if (writer_.query().needs_descriptor()) {
        const auto opened = open_entry(name, found.is_link);
        if (opened) {
            entry.look_into(opened.get(), writer_.query());
        } else {
            entry.unread = errno;
        }
        if (entry.has_fault()) entry_error_ = entry.unread;
    }
    writer_.append_entry(text_.out(), entry, folder_.clock.unix_ns());
}

base::Fd MultistatusSource::open_entry(const char* name, bool is_link) const {
    if (!is_link) {
        constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
        return base::Fd(::openat(directory_.descriptor(), name, kFlags));
    }
    auto opened = folder_.root.open_for_reading(path_);
    if (opened) return std::move(*opened);
    errno = opened.error().number;
    return {};
}

std::string_view MultistatusSource::lack() const {
    static const storage::ErrorSentences broken(
        "an answer to PROPFIND was cut off, because a folder could not be read (", ")");
    static const storage::ErrorSentences unknown("entries of a directory could not be looked at (",
                                                 "); PROPFIND has a status in place of their properties");
    if (error_ != 0) return broken.of(error_);
    return entry_error_ == 0 ? std::string_view() : unknown.of(entry_error_);
}

}  // namespace dav
