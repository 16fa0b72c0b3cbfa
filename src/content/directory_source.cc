// Reads a directory, sorts it and writes one table row per name. Names are escaped as text and encoded as links.
#include "content/directory_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/target.h"

namespace content {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark;--ink:#1d2329;--soft:#67727e;--line:#e3e7eb;--link:#0b5cad;--row:#f5f7f9;"
    "--page:#fff}"
    "@media(prefers-color-scheme:dark){:root{--ink:#dfe5ea;--soft:#8d99a5;--line:#2b333b;--link:#7fb8f0;"
    "--row:#1d242b;--page:#14191e}}"
    "body{margin:0 auto;max-width:60rem;padding:2rem 1rem 3rem;color:var(--ink);background:var(--page);"
    "font:1rem/1.5 system-ui,sans-serif}"
    "h1{font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}"
    "table{width:100%;border-collapse:collapse}"
    "th{color:var(--soft);font-size:.85rem;font-weight:500;text-align:left}"
    "th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line)}"
    "tbody tr:hover{background:var(--row)}"
    "td:first-child{overflow-wrap:anywhere}"
    ".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "td.n{color:var(--soft)}"
    "a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}";

/// "1.5 MiB".
std::string size_text(std::uint64_t bytes) {
    constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
    return text.data();
}

/// "2024-03-01 12:30" in UTC; times that four digits of a year cannot say are clamped.
std::string time_text(std::time_t seconds) {
    constexpr std::time_t kLatest = 253'402'300'799;  // the end of the year 9999
    const std::time_t clamped = std::clamp<std::time_t>(seconds, 0, kLatest);
    const std::chrono::sys_seconds time{std::chrono::seconds(clamped)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time - day).count();
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
    return text.data();
}

bool less_ignoring_case(std::string_view a, std::string_view b) {
    const auto folded = [](char x, char y) {
        return static_cast<unsigned char>(base::to_lower(x)) < static_cast<unsigned char>(base::to_lower(y));
    };
    if (std::ranges::lexicographical_compare(a, b, folded)) return true;
    if (std::ranges::lexicographical_compare(b, a, folded)) return false;
    return a < b;
}

}  // namespace

DirectorySource::DirectorySource(const FileRoot& root, base::Fd directory, std::string_view path)
    : root_(root), directory_(std::move(directory)), path_(path) {}

http::BodySource::Pulled DirectorySource::pull(std::span<std::byte> into) {
    if (stage_ == Stage::unread) {
        if (!read_items()) return {Outcome::failed};
        stage_ = Stage::rows;
        append_opening();
    }
    std::size_t produced = 0;
    for (;;) {
        const std::size_t count = std::min(text_.size() - text_begin_, into.size() - produced);
        std::memcpy(into.data() + produced, text_.data() + text_begin_, count);
        produced += count;
        text_begin_ += count;
        if (text_begin_ < text_.size()) return {Outcome::produced, produced};
        text_.clear();
        text_begin_ = 0;
        if (stage_ == Stage::ended) return {Outcome::finished, produced};
        if (next_item_ < items_.size()) {
            append_row(items_[next_item_++]);
        } else {
            text_.append("</tbody>\n</table>\n</body>\n</html>\n");
            stage_ = Stage::ended;
        }
    }
}

bool DirectorySource::read_items() {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(directory_.get()), &::closedir);
    if (stream == nullptr) return false;
    const int directory = directory_.take();  // the stream's from here on
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_name[0] != '.') add_item(directory, entry->d_name);
    }
    std::ranges::sort(items_, [](const Item& a, const Item& b) {
        if (a.is_directory() != b.is_directory()) return a.is_directory();
        return less_ignoring_case(a.name, b.name);
    });
    return true;
}

/// Only what a request would get: directories and regular files, links to them that stay below the root.
void DirectorySource::add_item(int directory, const char* name) {
    struct stat status;
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (S_ISLNK(status.st_mode)) {
        const auto target = root_.open_for_reading(path_ + name);
        if (!target || ::fstat(target->get(), &status) != 0) return;
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return;
    Item item{name, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec};
    if (S_ISDIR(status.st_mode)) item.name.push_back('/');
    items_.push_back(std::move(item));
}

void DirectorySource::append_opening() {
    std::string title;
    base::append_html_escaped(title, path_);
    text_.append(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    text_.append(title).append("</title>\n<style>").append(kStyle).append("</style>\n</head>\n<body>\n<h1>");
    text_.append(title).append(
        "</h1>\n<table>\n<thead><tr><th>Name</th><th class=\"n\">Size</th>"
        "<th class=\"n\">Modified (UTC)</th></tr></thead>\n<tbody>\n");
    if (path_ == "/") return;
    text_.append("<tr><td><a href=\"../\">../</a></td><td class=\"n\"></td><td class=\"n\"></td></tr>\n");
}

void DirectorySource::append_row(const Item& item) {
    // "./" in front: a name with a colon would read as a scheme.
    text_.append("<tr><td><a href=\".");
    base::append_html_escaped(text_, http::encode_path("/" + item.name));
    text_.append("\">");
    base::append_html_escaped(text_, item.name);
    text_.append("</a></td><td class=\"n\">");
    if (!item.is_directory()) text_.append(size_text(item.bytes));
    text_.append("</td><td class=\"n\">").append(time_text(item.modified)).append("</td></tr>\n");
}

}  // namespace content
