// Lines into objects, rows and cells.
#include "records/record_view.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/target.h"

namespace records {
namespace {

/// Names beyond this number share one column: a table is for people.
constexpr std::size_t kMaxColumns = 100;
constexpr std::string_view kFurtherColumn = "further fields";
/// Bytes and lines read in one pull: less than a tenth of a millisecond of work.
constexpr std::uint64_t kPullBytes = std::uint64_t{16} * 1024;
constexpr int kPullLines = 128;
/// No further row is made while so much waits to be pulled: a short line can become a row of a hundred cells, and a
/// client may read slowly.
constexpr std::size_t kMadeBytes = std::size_t{8} * 1024;

constexpr std::string_view kPageStyle =
    "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;"
    "padding:0 1rem}table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #8888;"
    "padding:.25rem .6rem;text-align:left;vertical-align:top;white-space:pre-wrap}form{margin-top:2rem}"
    "label{display:block;margin:.4rem 0}input{font:inherit;width:100%;max-width:30rem;display:block}"
    "button{font:inherit;margin-top:.6rem}</style>\n";

bool is_plain_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t dot = std::min(text.find('.'), text.size());
    const auto digits = [](std::string_view part) {
        return !part.empty() && std::ranges::all_of(part, base::is_digit);
    };
    return digits(text.substr(0, dot)) && (dot == text.size() || digits(text.substr(dot + 1)));
}

/// True for a cell that a spreadsheet would take for a formula.
bool is_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
           !is_plain_number(text);
}

}  // namespace

void append_record_json(std::string& out, const Record& record) {
    // A line that was written by hand may have tens of thousands of fields.
    std::unordered_set<std::string_view> seen;
    seen.reserve(record.size());
    out.push_back('{');
    for (const http::FormField& field : record) {
        if (!seen.insert(field.name).second) continue;
        if (seen.size() > 1) out.push_back(',');
        out.push_back('"');
        base::append_json_escaped(out, field.name);
        out.append("\":\"");
        base::append_json_escaped(out, field.value);
        out.push_back('"');
    }
    out.push_back('}');
}

std::string relative_to_itself(std::string_view path) {
    return "./" + http::encode_path(path.substr(path.rfind('/') + 1));
}

RecordView::RecordView(RecordSnapshot snapshot, Kind kind, std::size_t max_line_bytes, RecordPage page)
    : snapshot_(std::move(snapshot)),
      kind_(kind),
      max_line_bytes_(max_line_bytes),
      page_(std::move(page)),
      stage_(kind == Kind::json ? Stage::begin : Stage::columns),
      columns_{std::string(kRecordIdName)},
      column_of_{{std::string(kRecordIdName), 0}} {
    restart();
}

void RecordView::restart() {
    const int file = snapshot_.bytes == nullptr ? -1 : snapshot_.bytes->descriptor();
    reader_ = RecordReader(file, snapshot_.length, max_line_bytes_);
}

http::BodySource::Pulled RecordView::pull(std::span<std::byte> into) {
    if (sent_ == made_.size()) {
        // What a long row took is given back.
        if (made_.size() > 2 * kMadeBytes) made_ = {};
        made_.clear();
        sent_ = 0;
        if (stage_ == Stage::begin) {
            append_begin();
            stage_ = Stage::rows;
        }
        if (stage_ != Stage::sending && work() == Worked::failed) return {Outcome::failed};
    }
    const std::size_t count = std::min(into.size(), made_.size() - sent_);
    std::memcpy(into.data(), made_.data() + sent_, count);
    sent_ += count;
    const bool finished = stage_ == Stage::sending && sent_ == made_.size();
    // Everything must be read from one version; when the file changes, the client sees an incomplete response.
    if (finished && snapshot_.bytes != nullptr && !snapshot_.bytes->unchanged()) return {Outcome::failed};
    return {finished ? Outcome::finished : Outcome::produced, count};
}

RecordView::Worked RecordView::work() {
    const std::uint64_t until = reader_.bytes_read() + kPullBytes;
    for (int i = 0; i < kPullLines && reader_.bytes_read() <= until && made_.size() < kMadeBytes; ++i) {
        switch (reader_.next()) {
            case RecordReader::Step::failed: return Worked::failed;
            case RecordReader::Step::skipped: break;
            case RecordReader::Step::line: {
                if (find_record_id(reader_.line(), storage_).empty()) break;
                const Record record = decode_record(reader_.line());
                stage_ == Stage::columns ? collect(record) : append_row(record);
                break;
            }
            case RecordReader::Step::end:
                if (stage_ == Stage::columns) {
                    restart();
                    stage_ = Stage::begin;
                } else {
                    append_end();
                    stage_ = Stage::sending;
                }
                return Worked::more;
        }
    }
    return Worked::more;
}

void RecordView::collect(const Record& record) {
    for (const http::FormField& field : record) {
        if (column_of_.contains(field.name)) continue;
        if (columns_.size() < kMaxColumns) {
            column_of_.emplace(field.name, columns_.size());
            columns_.push_back(field.name);
        } else {
            further_ = Further::some;
        }
    }
}

std::vector<std::string> RecordView::cells(const Record& record) const {
    std::vector<std::string> cells(columns_.size() + (further_ == Further::some ? 1 : 0));
    std::vector<bool> taken(columns_.size());
    for (const http::FormField& field : record) {
        const auto column = column_of_.find(field.name);
        if (column == column_of_.end()) {
            http::append_form_field(cells.back(), field.name, field.value);
        } else if (!taken[column->second]) {
            cells[column->second] = field.value;
            taken[column->second] = true;
        }
    }
    return cells;
}

void RecordView::append_begin() {
    switch (kind_) {
        case Kind::json: made_.append("["); return;
        case Kind::csv: break;
        case Kind::html: append_page_head(); break;
    }
    std::vector<std::string> names = columns_;
    if (further_ == Further::some) names.emplace_back(kFurtherColumn);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (kind_ == Kind::csv) {
            if (i > 0) made_.push_back(',');
            append_csv_cell(names[i]);
        } else {
            made_.append("<th scope=\"col\">");
            base::append_html_escaped(made_, names[i]);
            made_.append("</th>");
        }
    }
    made_.append(kind_ == Kind::csv ? "\r\n" : "</tr></thead>\n<tbody>\n");
}

void RecordView::append_row(const Record& record) {
    ++rows_;
    if (kind_ == Kind::json) {
        made_.append(rows_ > 1 ? ",\n" : "\n");
        append_record_json(made_, record);
        return;
    }
    const std::vector<std::string> values = cells(record);
    if (kind_ == Kind::html) made_.append("<tr>");
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (kind_ == Kind::csv) {
            if (i > 0) made_.push_back(',');
            append_csv_cell(values[i]);
        } else {
            made_.append("<td>");
            base::append_html_escaped(made_, values[i]);
            made_.append("</td>");
        }
    }
    made_.append(kind_ == Kind::csv ? "\r\n" : "</tr>\n");
}

void RecordView::append_end() {
    switch (kind_) {
        case Kind::json: made_.append(rows_ > 0 ? "\n]\n" : "]\n"); break;
        case Kind::csv: break;
        case Kind::html:
            made_.append("</tbody>\n</table>\n");
            if (page_.form == RecordPage::Form::shown) append_form();
            made_.append("</body>\n</html>\n");
            break;
    }
}

void RecordView::append_csv_cell(std::string_view text) {
    // An apostrophe tells a spreadsheet that the cell is text.
    const bool formula = is_formula(text);
    if (!formula && text.find_first_of(",;\t\"\r\n") == std::string_view::npos) {
        made_.append(text);
        return;
    }
    made_.append(formula ? "\"'" : "\"");
    // Where the separator is ';' or a tab, as in most of Europe, the quotes do not begin the cell that a program sees:
    // it begins another behind each separator and line break.
    bool begins_cell = false;
    for (const char c : text) {
        if (begins_cell && std::string_view("=+-@\"").find(c) != std::string_view::npos) made_.push_back('\'');
        if (c == '"') made_.push_back('"');
        made_.push_back(c);
        begins_cell = c == ';' || c == '\t' || c == '\r' || c == '\n';
    }
    made_.push_back('"');
}

void RecordView::append_page_head() {
    made_.append(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    base::append_html_escaped(made_, page_.path);
    made_.append("</title>\n").append(kPageStyle).append("</head>\n<body>\n<h1>");
    base::append_html_escaped(made_, page_.path);
    made_.append("</h1>\n<table>\n<thead><tr>");
}

/// A form is sent without the inputs that have no name, and an empty id takes the next number.
void RecordView::append_form() {
    std::vector<std::string> names = columns_;
    if (names.size() == 1) names.insert(names.end(), {"name", "text"});
    made_.append("<form method=\"post\" action=\"");
    base::append_html_escaped(made_, relative_to_itself(page_.path));
    made_.append("\">\n");
    for (const std::string& name : names) {
        made_.append("<label>");
        base::append_html_escaped(made_, name);
        made_.append(name == kRecordIdName ? " (empty: the next number)<input name=\"" : "<input name=\"");
        base::append_html_escaped(made_, name);
        made_.append("\"></label>\n");
    }
    made_.append("<button>Add</button>\n</form>\n");
}

}  // namespace records
