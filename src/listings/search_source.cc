// Step by step of the walk. Folders are compared here, because the walk goes into those that are not wanted, too.
#include "listings/search_source.h"

#include <utility>

#include "storage/write_error.h"

namespace listings {
namespace {

/// An entry that is looked at and written.
constexpr unsigned kFindingUnits = 16;

trees::TreeScope with_filter(trees::TreeScope scope, const trees::FileFilter& filter) {
    scope.filter = &filter;
    return scope;
}

}  // namespace

SearchSource::SearchSource(SearchWords words, const trees::TreeScope& scope, base::Fd directory,
                           std::unique_ptr<ListingFormat> format, Parts parts, http::MemoryHold hold)
    : words_(std::make_unique<const SearchWords>(std::move(words))),
      folder_(scope.path),
      walk_(with_filter(scope, *words_), std::move(directory)),
      format_(std::move(format)),
      parts_(parts),
      hold_(std::move(hold)),
      look_(scope.root) {}

http::BodySource::Pulled SearchSource::pull(std::span<std::byte> into) {
    trees::WalkSlice slice;
    std::size_t produced = 0;
    for (;;) {
        produced += text_.take(into.subspan(produced));
        if (!text_.empty()) return {Outcome::produced, produced};
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        // The opening is sent at once, so that the client sees that the response has begun.
        if (stage_ == Stage::findings && slice.is_over()) return {Outcome::produced, produced};
        work(slice);
    }
}

void SearchSource::work(trees::WalkSlice& slice) {
    using Step = trees::TreeWalk::Step;
    if (stage_ == Stage::opening) {
        format_->opening(text_.out());
        stage_ = Stage::findings;
        return;
    }
    const unsigned before = slice.used();
    switch (walk_.next(slice)) {
        case Step::entry:
        case Step::left_out: offer(slice); break;
        case Step::more: break;
        case Step::end: finish(walk_.has_lack() ? ListingEnd::Rest::unsearched : ListingEnd::Rest::none); return;
        case Step::failed:
            error_ = walk_.error();
            finish(ListingEnd::Rest::unsearched);
            return;
    }
    spent_ += slice.used() - before;
    if (stage_ != Stage::ended && spent_ > parts_.bounds.units) finish(ListingEnd::Rest::work);
}

void SearchSource::offer(trees::WalkSlice& slice) {
    if (!words_->wants(walk_.name(), slice)) return;
    slice.add(kFindingUnits);
    std::string_view below = walk_.path();
    if (walk_.is_directory()) below.remove_suffix(1);
    path_.assign(folder_).append(below);
    item_.name.assign(below);
    item_.kind = walk_.is_directory() ? ListingEntry::Kind::directory : ListingEntry::Kind::file;
    if (!look_.look(item_, {.directory = walk_.parent(), .name = walk_.name().c_str(), .path = path_})) return;
    if (rows_ == parts_.bounds.findings) return finish(ListingEnd::Rest::limit);
    item_.media_type = item_.is_directory() ? std::string_view() : parts_.types.type_of(walk_.name());
    format_->row(text_.out(), item_.entry(parts_.clock.unix_ns(), entity_tag_));
    ++rows_;
}

void SearchSource::finish(ListingEnd::Rest rest) {
    format_->closing(text_.out(), {.entries = rows_, .next = {}, .rest = rest});
    stage_ = Stage::ended;
}

std::string_view SearchSource::lack() const {
    static const storage::ErrorSentences broken("a search ended early, because a folder could not be read (", ")");
    if (error_ != 0) return broken.of(error_);
    if (walk_.has_lack()) return "folders that the server may not read, or that are too deep, were not searched";
    return look_.lack();
}

}  // namespace listings
