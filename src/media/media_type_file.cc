// Lines, words, and what is wrong with them.
#include "media/media_type_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "media/media_type_table.h"

namespace media {
namespace {

/// Registered names have at most 127 (RFC 6838 §4.2).
constexpr std::size_t kMostNameBytes = 127;

bool is_blank(char c) { return base::is_blank(c) || c == '\r'; }

/// Takes the next word off `line`; empty at the end.
std::string_view take_word(std::string_view& line) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    const auto end = std::ranges::find_if(line, is_blank);
    const std::string_view word = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    line.remove_prefix(word.size());
    return word;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kMostNameBytes && std::ranges::all_of(text, base::is_token_char);
}

bool is_media_type(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_name(text.substr(0, slash)) && is_name(text.substr(slash + 1));
}

bool is_extension(std::string_view text) {
    // Debian's file has some with a dot inside; they are never asked for.
    return text.size() <= kLongestExtension && !text.starts_with('.') &&
           std::ranges::all_of(text, [](char c) { return !base::is_control(c) && c != ' ' && c != '/'; });
}

/// What is shown of a word: no control bytes, and not all of a long one.
std::string shown(std::string_view word) {
    constexpr std::size_t kMostShown = 40;
    std::string text(word.substr(0, kMostShown));
    std::ranges::replace_if(text, base::is_control, '?');
    return "\"" + text + (word.size() > kMostShown ? "...\"" : "\"");
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), base::to_lower);
    return lower;
}

/// Adds what one line says; the error is what is wrong with it.
std::expected<void, std::string> add_line(std::string_view line, FileMediaTypes& types) {
    line = line.substr(0, line.find('#'));
    const std::string_view type = take_word(line);
    if (type.empty()) return {};
    if (!is_media_type(type)) {
        return std::unexpected(shown(type) +
                               " is no media type: a line is a type and its extensions, as in \"text/html"
                               " html htm\"");
    }
    std::string media_type(type);
    if (lower_case(type).starts_with("text/")) media_type += "; charset=utf-8";
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
        if (!is_extension(word)) {
            return std::unexpected(shown(word) + " is no extension: it is written without a dot, in at most " +
                                   std::to_string(kLongestExtension) + " bytes, as in \"text/html html htm\"");
        }
        types.push_back({lower_case(word), media_type});
    }
    return {};
}

/// Of equal extensions the last one stays.
void sort_and_merge(FileMediaTypes& types) {
    std::map<std::string, std::string> by_extension;
    for (FileMediaType& type : types)
        by_extension.insert_or_assign(std::move(type.extension), std::move(type.media_type));
    types.clear();
    for (auto& [extension, media_type] : by_extension) types.push_back({extension, std::move(media_type)});
}

}  // namespace

std::expected<FileMediaTypes, std::string> parse_media_types(std::string_view text) {
    FileMediaTypes types;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = base::take_line(text);
        if (auto added = add_line(line, types); !added) {
            return std::unexpected("line " + std::to_string(number) + ": " + added.error());
        }
    }
    sort_and_merge(types);
    return types;
}

std::expected<FileMediaTypes, std::string> read_media_types(const std::string& file) {
    const auto because = [&](int error) {
        return std::unexpected("cannot read the media types in " + file + ": " + std::strerror(error));
    };
    const base::Fd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (descriptor.get() < 0) return because(errno);
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) return because(errno);
    if (!S_ISREG(status.st_mode)) {
        return std::unexpected("cannot read the media types in " + file + ": it is not a regular file");
    }
    std::string text(kMaxMediaTypeFileBytes + 1, '\0');
    text.resize(base::read_at(descriptor.get(), 0, std::as_writable_bytes(std::span(text))));
    if (text.size() > kMaxMediaTypeFileBytes) {
        return std::unexpected("the media types in " + file + " are more than " +
                               std::to_string(kMaxMediaTypeFileBytes / 1024) + " KiB");
    }
    auto types = parse_media_types(text);
    if (!types) return std::unexpected(file + ", " + types.error());
    return types;
}

}  // namespace media
