// Rights, hidden names and the name of the records.
#include "uploads/write_gate.h"

#include <algorithm>
#include <cstddef>

#include "storage/file_root.h"
#include "storage/written_path.h"

namespace uploads {
namespace {

using handler::Right;
using http::Refusal;
using http::Status;
using storage::MoveRules;
using storage::OnConflict;

constexpr Refusal kHidden{Status::forbidden, "names that begin with a dot are not written."};
constexpr Refusal kHiddenFile{Status::not_found, "there is no such file."};
constexpr Refusal kNoUploads = http::missing_right("nothing may be uploaded here.");
constexpr Refusal kNoDirectories = http::missing_right("no folders may be made here.");
constexpr Refusal kOnlyFilesHere =
    http::missing_right("files go directly into this folder, and no folders are made in it.");
constexpr Refusal kNoRemovals = http::missing_right("nothing may be deleted here.");
constexpr Refusal kRecordsName{Status::conflict,
                               "this is the file of the records; they are added and removed one by one."};

constexpr Refusal kNotRead = http::missing_right("you may not read this, so it is not moved.");
constexpr Refusal kNotReadForCopy = http::missing_right("you may not read this, so it is not copied.");
constexpr Refusal kNotListedForCopy = http::missing_right("you may not list this directory, so it is not copied.");
constexpr Refusal kRootIsNotCopied{Status::forbidden, "the root itself is neither copied nor replaced."};
constexpr Refusal kNotListed =
    http::missing_right("you may not list this directory, so it is not moved where it is listed.");
constexpr Refusal kRootStays{Status::forbidden, "the root itself is neither moved nor replaced."};
constexpr Refusal kNoMovesHere =
    http::missing_right("files are uploaded into this folder, and neither moved nor copied.");
constexpr Refusal kOtherRulesBelow{
    Status::forbidden,
    "other rules hold for something below this directory or its destination; take what it holds "
    "one by one."};

constexpr Refusal kNoReplacement = http::missing_right(
    "there is something at the destination, and a folder is replaced, or takes a place, only where you may replace and "
    "delete; choose another name.");
constexpr Refusal kSaysNothing{Status::conflict,
                               "there is something at the destination; a folder is replaced, or takes its place, with "
                               "Overwrite: T."};
constexpr Refusal kOtherRulesAtDestination{
    Status::forbidden, "other rules hold for something below the destination, so it is not replaced as a whole."};

constexpr Refusal kOtherRulesStay{
    Status::forbidden, "other rules hold for something below this directory; delete what it holds one by one."};

/// `directory`: "/" or without a slash at its end.
bool is_directly_in(std::string_view directory, std::string_view path) {
    return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)) == directory;
}

}  // namespace

handler::Rights WriteGate::rights_at(std::string_view path) const {
    const auto kind = path.ends_with('/') ? handler::Resource::Kind::directory : handler::Resource::Kind::file;
    return rules_.resolve_rights({kind, path}, client_);
}

std::unexpected<Refusal> WriteGate::lacks(std::string_view path, const Refusal& refusal) const {
    return std::unexpected(refusal_at(path, refusal));
}

std::expected<std::string, Refusal> WriteGate::find_visible_path(std::string_view asked, const Refusal& hidden) const {
    auto path = storage::find_written_path(root_, asked);
    if (!path) return path;
    if (root_.is_hidden(asked) || root_.is_hidden(*path)) return std::unexpected(hidden);
    const bool is_for_writers = root_.is_for_writers(asked) || root_.is_for_writers(*path);
    if (is_for_writers && !rights_at(*path).has_any_of(handler::Rights(Right::create, Right::replace))) {
        return std::unexpected(hidden);
    }
    return path;
}

std::expected<Admission, Refusal> WriteGate::admit_file(std::string_view asked, OnConflict wanted, Named named) const {
    const auto written = find_visible_path(asked, kHidden);
    if (!written) return std::unexpected(written.error());
    const std::string_view path = *written;
    const handler::Rights rights = rights_at(path);
    const bool replaces = rights.has(Right::replace);
    const bool only_replaces = replaces && !rights.has(Right::create) && wanted == OnConflict::replace;
    if (!rights.has(Right::create) && !only_replaces) return lacks(path, kNoUploads);
    // A client that may replace files may upload the whole file of records under its own path.
    const bool is_records_file = path == rules_.records_file && named == Named::by_request && replaces;
    if (rules_.takes_records_name(path) && !is_records_file) return std::unexpected(kRecordsName);
    if (only_replaces) return Admission{OnConflict::replace_only};
    if (rights.only_adds()) {
        // In another folder the answer would tell whether that folder exists, which this client may not see.
        if (!is_drop_folder_of(path)) return lacks(path, kOnlyFilesHere);
        return Admission{OnConflict::rename, Admission::Tells::nothing};
    }
    return Admission{wanted == OnConflict::replace && !replaces ? OnConflict::keep_content : wanted};
}

/// True for a file directly in a folder that is a drop box by lines of its own, or by the link that the client shows.
bool WriteGate::is_drop_folder_of(std::string_view path) const {
    if (is_directly_in(rules_.grants->place_of(path), path)) return true;
    const bool drops = client_.shared != nullptr && client_.shared->gives == http::LinkGives::dropping;
    return drops && handler::is_file_in(client_.shared->path, path);
}

std::optional<Refusal> WriteGate::find_directory_fault(std::string_view asked) const {
    const auto written = find_visible_path(asked, kHidden);
    if (!written) return written.error();
    const std::string_view path = *written;
    const handler::Rights rights = rights_at(path);
    if (!rights.has(Right::create)) return refusal_at(path, kNoDirectories);
    if (rights.only_adds()) return refusal_at(path, kOnlyFilesHere);
    if (rules_.takes_records_name(path)) return kRecordsName;
    return std::nullopt;
}

std::optional<Refusal> WriteGate::find_removal_fault(std::string_view asked, Named named) const {
    const auto written = find_visible_path(asked, kHiddenFile);
    if (!written) return written.error();
    const std::string_view path = *written;
    if (!rights_at(path).has(Right::remove)) return refusal_at(path, kNoRemovals);
    if (named == Named::in_passing && rules_.takes_records_name(path)) return kRecordsName;
    return std::nullopt;
}

std::optional<Refusal> WriteGate::find_tree_removal_fault(std::string_view asked, Named named) const {
    if (const auto fault = find_removal_fault(asked, named)) return fault;
    const auto written = find_visible_path(asked, kHiddenFile);
    if (!written) return written.error();
    return has_rules_below(*written) ? std::optional(kOtherRulesStay) : std::nullopt;
}

std::expected<MoveRules, Refusal> WriteGate::admit_move(std::string_view source, std::string_view destination,
                                                        MoveRules wanted) const {
    if (source == "/" || destination == "/") return std::unexpected(kRootStays);
    const auto from = find_visible_path(source, kHiddenFile);
    if (!from) return std::unexpected(from.error());
    const handler::Rights rights = rights_at(*from);
    if (!rights.has(Right::remove)) return lacks(*from, kNoRemovals);
    if (!rights.has(Right::read)) return lacks(*from, kNotRead);
    if (rules_.takes_records_name(*from)) return std::unexpected(kRecordsName);
    const auto to = find_visible_path(destination, kHidden);
    if (!to) return std::unexpected(to.error());
    wanted.folders_stay = find_replacement_fault(*to, wanted);
    if (!source.ends_with('/')) return admit_arrival(destination, wanted);
    if (const auto fault = find_directory_fault(destination)) return std::unexpected(*fault);
    if (const auto fault = find_tree_fault(*from, *to)) return std::unexpected(*fault);
    return wanted;
}

/// Of a file that is there already, elsewhere.
std::expected<MoveRules, Refusal> WriteGate::admit_arrival(std::string_view destination, MoveRules wanted) const {
    const auto admission = admit_file(destination, wanted.on_conflict, Named::in_passing);
    if (!admission) return std::unexpected(admission.error());
    if (admission->tells == Admission::Tells::nothing) return lacks(destination, kNoMovesHere);
    wanted.on_conflict = admission->on_conflict;
    return wanted;
}

std::expected<MoveRules, Refusal> WriteGate::admit_copy(std::string_view source, std::string_view destination,
                                                        MoveRules wanted) const {
    if (source == "/" || destination == "/") return std::unexpected(kRootIsNotCopied);
    const auto from = find_visible_path(source, kHiddenFile);
    if (!from) return std::unexpected(from.error());
    if (!rights_at(*from).has(Right::read)) return lacks(*from, kNotReadForCopy);
    if (rules_.takes_records_name(*from)) return std::unexpected(kRecordsName);
    const auto to = find_visible_path(destination, kHidden);
    if (!to) return std::unexpected(to.error());
    wanted.folders_stay = find_replacement_fault(*to, wanted);
    if (!source.ends_with('/')) return admit_arrival(destination, wanted);
    if (!rights_at(*from).has(Right::list)) return lacks(*from, kNotListedForCopy);
    if (const auto fault = find_directory_fault(destination)) return std::unexpected(*fault);
    if (has_rules_below(*from) || has_rules_below(*to)) return std::unexpected(kOtherRulesBelow);
    return wanted;
}

/// Of what has the name already, where a folder goes or comes: it is deleted for what comes.
std::optional<Refusal> WriteGate::find_replacement_fault(const std::string& written, const MoveRules& wanted) const {
    if (wanted.on_conflict != OnConflict::replace) return storage::kFolderStays;
    // RFC 4918 §10.6: without the field it is meant. Only programs that speak WebDAV rely on that.
    if (wanted.overwrite == http::Overwrite::unstated && !rules_.speaks_dav) return kSaysNothing;
    std::string path = written;
    if (path.ends_with('/')) path.pop_back();
    // It is not known what is there: the rights are those for a file and for a folder.
    handler::Rights rights = rights_at(path);
    rights.keep_only(rights_at(path + "/"));
    if (!rights.has(Right::remove) || !rights.has(Right::replace)) return refusal_at(path, kNoReplacement);
    return has_rules_below(path) ? std::optional(kOtherRulesAtDestination) : std::nullopt;
}

/// Of a directory that is moved: each path below it gets another one, and has to keep its rules.
std::optional<Refusal> WriteGate::find_tree_fault(const std::string& from, const std::string& to) const {
    if (rights_at(to).has(Right::list) && !rights_at(from).has(Right::list)) return refusal_at(from, kNotListed);
    if (has_rules_below(from) || has_rules_below(to)) return kOtherRulesBelow;
    return std::nullopt;
}

bool WriteGate::has_rules_below(std::string_view directory) const {
    if (rules_.grants != nullptr && rules_.grants->has_places_below(directory)) return true;
    std::string prefix(directory);
    if (!prefix.ends_with('/')) prefix.push_back('/');
    return rules_.serves_records() && rules_.records_file.starts_with(prefix);
}

}  // namespace uploads
