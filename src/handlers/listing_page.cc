// The page: one table row per name. Names are escaped as text and encoded as links.
#include "handlers/listing_page.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/escape.h"
#include "http/target.h"

namespace handlers {
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

}  // namespace

ListingPage::ListingPage(content::ListingView view) : view_(std::move(view)) {}

void ListingPage::opening(std::string& out) {
    std::string title;
    base::append_html_escaped(title, view_.path);
    out.append(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    out.append(title).append("</title>\n<style>").append(kStyle).append("</style>\n</head>\n<body>\n<h1>");
    out.append(title).append(
        "</h1>\n<table>\n<thead><tr><th>Name</th><th class=\"n\">Size</th>"
        "<th class=\"n\">Modified (UTC)</th></tr></thead>\n<tbody>\n");
    if (view_.path == "/") return;
    out.append("<tr><td><a href=\"../\">../</a></td><td class=\"n\"></td><td class=\"n\"></td></tr>\n");
}

void ListingPage::row(std::string& out, const content::ListingEntry& entry) {
    const std::string_view slash = entry.is_directory() ? "/" : "";
    std::string path("/");
    path.append(entry.name);
    // "./" in front: a name with a colon would read as a scheme.
    out.append("<tr><td><a href=\".");
    base::append_html_escaped(out, http::encode_path(path));
    out.append(slash).append("\">");
    base::append_html_escaped(out, entry.name);
    out.append(slash).append("</a></td><td class=\"n\">");
    if (!entry.is_directory()) out.append(size_text(entry.bytes));
    out.append("</td><td class=\"n\">").append(time_text(entry.modified_seconds)).append("</td></tr>\n");
}

void ListingPage::closing(std::string& out, const content::ListingEnd&) {
    out.append("</tbody>\n</table>\n</body>\n</html>\n");
}

}  // namespace handlers
