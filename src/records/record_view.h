// All records of a file as JSON, CSV or a page, made line by line while they are sent. Called by records/records.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/body.h"
#include "records/record_file.h"

namespace records {

/// Appends {"id":"7","name":"Ada"}. The first of several fields with one name counts. All values are strings.
void append_record_json(std::string& out, const Record& record);

/// A page's parts around the table.
struct RecordPage {
    std::string path;  ///< where the records are, decoded; the form posts there
    enum class Form : std::uint8_t { shown, hidden } form = Form::shown;
};

/// A link from the page at `path` to itself, percent-encoded: relative, so that it is right below any prefix.
[[nodiscard]] std::string relative_to_itself(std::string_view path);

class RecordView final : public http::BodySource {
public:
    enum class Kind : std::uint8_t {
        json,  ///< an array of objects
        csv,   ///< RFC 4180 with a header line and a column for each name; formulas are made text
        html,  ///< a table and a form for the next record
    };

    RecordView(RecordSnapshot snapshot, Kind kind, std::size_t max_line_bytes, RecordPage page);

    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::size_t memory_bytes() const override {
        return made_.capacity() + storage_.capacity() + reader_.memory_bytes();
    }
    /// Made and not pulled yet: 8 KiB and a row at most.
    [[nodiscard]] std::size_t waiting_bytes() const { return made_.size() - sent_; }

private:
    enum class Stage : std::uint8_t {
        columns,  ///< the names of all fields are collected first
        begin,
        rows,
        sending,  ///< everything is made
    };
    enum class Worked : std::uint8_t { more, failed };

    Worked work();
    void restart();
    void collect(const Record& record);
    void append_begin();
    void append_row(const Record& record);
    void append_end();
    void append_csv_cell(std::string_view text);
    void append_page_head();
    void append_form();
    /// The values in the order of the columns; fields without a column are form-encoded in the last one.
    [[nodiscard]] std::vector<std::string> cells(const Record& record) const;

    RecordSnapshot snapshot_;
    Kind kind_;
    std::size_t max_line_bytes_;
    RecordPage page_;
    Stage stage_;
    RecordReader reader_;
    std::string storage_;
    std::vector<std::string> columns_;                        ///< "id" first
    std::unordered_map<std::string, std::size_t> column_of_;  ///< where each name stands in columns_
    enum class Further : std::uint8_t { none, some } further_ = Further::none;
    std::uint64_t rows_ = 0;
    std::string made_;
    std::size_t sent_ = 0;
};

}  // namespace records
