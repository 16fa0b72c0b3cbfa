// The status as JSON and as HTML.
#include "admin/status_text.h"

#include "base/escape.h"

namespace admin {
namespace {

constexpr std::string_view kPageHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="5">
<title>godwit: status</title>
<link rel="stylesheet" href="/status.css">
</head>
<body>
<h1>godwit</h1>
)";

constexpr std::string_view kStyle =
    R"(body { font: 1rem/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .25rem .5rem; }
th { font-weight: normal; text-align: left; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; text-align: right; }
.stopping { font-weight: bold; }
)";

std::string_view state_text(const Status& status) { return status.is_ready ? "ready" : "stopping"; }

void append_json_pair(std::string& text, std::string_view name, std::string_view value) {
    text.append("\"").append(name).append("\":\"");
    base::append_json_escaped(text, value);
    text.append("\",");
}

/// The names of the log's line, so that people find in one what they know from the other.
template <typename Visitor>
void visit_shown(const base::Counters& counters, Visitor&& visitor) {
    counters.visit([&visitor](const base::Counter& counter, std::uint64_t value) {
        if (counter.shown_in == base::ShownIn::metrics) return;
        visitor(std::string(counter.name).append(base::unit_suffix(counter.unit)), counter.help, value);
    });
}

void append_row(std::string& page, std::string_view name, std::string_view value) {
    page.append("<tr><th scope=\"row\">");
    base::append_html_escaped(page, name);
    page.append("</th><td>");
    base::append_html_escaped(page, value);
    page.append("</td></tr>\n");
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

}  // namespace

std::string status_json(const Status& status) {
    std::string text = "{";
    append_json_pair(text, "version", status.facts.version);
    append_json_pair(text, "state", state_text(status));
    append_json_pair(text, "directory", status.facts.directory);
    text.append("\"addresses\":[");
    for (const std::string& address : status.facts.addresses) {
        text.append(&address == status.facts.addresses.data() ? "\"" : ",\"");
        base::append_json_escaped(text, address);
        text.append("\"");
    }
    text.append("],\"uptime_s\":").append(std::to_string(status.up_s)).append(",\"counters\":{");
    bool is_first = true;
    visit_shown(status.counters, [&](const std::string& name, std::string_view, std::uint64_t value) {
        text.append(is_first ? "\"" : ",\"").append(name).append("\":").append(std::to_string(value));
        is_first = false;
    });
    return text + "}}\n";
}

std::string status_page(const Status& status) {
    std::string page(kPageHead);
    page.append("<table>\n<caption hidden>The server</caption>\n");
    append_row(page, "state", state_text(status));
    append_row(page, "version", status.facts.version);
    append_row(page, "directory", status.facts.directory);
    append_row(page, "addresses", joined(status.facts.addresses));
    append_row(page, "seconds since the start", std::to_string(status.up_s));
    page.append("</table>\n<h2>Counters</h2>\n<table>\n");
    visit_shown(status.counters, [&page](const std::string&, std::string_view help, std::uint64_t value) {
        append_row(page, help, std::to_string(value));
    });
    return page.append("</table>\n</body>\n</html>\n");
}

std::string_view status_style() { return kStyle; }

}  // namespace admin
