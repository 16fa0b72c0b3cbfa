// Records as CSV, JSON and a page: what is quoted and escaped, and that one answer is of one version.
#include "records/record_view.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/record_bench.h"

using support::RecordBench;

namespace {

std::string pull_all(http::BodySource& source, std::size_t block = 1024) {
    std::string text;
    std::vector<std::byte> room(block);
    while (true) {
        const auto pulled = source.pull(room);
        text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        if (pulled.outcome == http::BodySource::Outcome::failed) return text + "<failed>";
        if (pulled.outcome == http::BodySource::Outcome::finished) return text;
    }
}

}  // namespace

TEST_CASE("record view: CSV quotes, and disarms formulas", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&name=%3D1%2B2&note=a%2C%22b%22\n# x\nid=2&note=-5.5&more=l1%0Al2\nid=3&name=%40x\n");
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::csv, 1000, {});
    CHECK(pull_all(view) ==
          "id,name,note,more\r\n1,\"'=1+2\",\"a,\"\"b\"\"\",\r\n2,,-5.5,\"l1\nl2\"\r\n3,\"'@x\",,\r\n");
}

TEST_CASE("record view: CSV disarms a formula behind a separator of other programs", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&a=x;%3DHYPERLINK(1)&b=x%09%2B1&c=x%0A@y&d=x;%22%3D1%22&e=p;q\n");
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::csv, 1000, {});
    CHECK(pull_all(view) ==
          "id,a,b,c,d,e\r\n1,\"x;'=HYPERLINK(1)\",\"x\t'+1\",\"x\n'@y\",\"x;'\"\"=1\"\"\",\"p;q\"\r\n");
}

TEST_CASE("record view: JSON is an array of objects of strings", "[content][records]") {
    RecordBench bench;
    records::RecordView none(*bench.file->snapshot(), records::RecordView::Kind::json, 1000, {});
    CHECK(pull_all(none) == "[]\n");
    bench.write("id=1&name=%22%0A&name=again\nx\nid=2&b=%FF\n");
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::json, 1000, {});
    CHECK(pull_all(view, 3) == "[\n{\"id\":\"1\",\"name\":\"\\\"\\n\"},\n{\"id\":\"2\",\"b\":\"\\ufffd\"}\n]\n");
}

TEST_CASE("record view: a page escapes names and values", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&%3Cscript%3E=%3Cscript%3Ealert(1)%3C/script%3E%22'\n");
    records::RecordPage page{.path = "/a&b\"", .form = records::RecordPage::Form::shown};
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::html, 1000, page);
    const std::string html = pull_all(view);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;") != std::string::npos);
    CHECK(html.find("name=\"&lt;script&gt;\"") != std::string::npos);
    CHECK(html.find("action=\"./a&amp;b%22\"") != std::string::npos);
}

TEST_CASE("record view: many records, and a change in the middle", "[content][records]") {
    RecordBench bench;
    std::string records;
    for (int i = 1; i <= 10'000; ++i) {
        records += "id=" + std::to_string(i) + "&name=record+" + std::to_string(i) + "\n";
    }
    bench.write(records);
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::csv, 1000, {});
    const std::string text = pull_all(view, 8192);
    CHECK(text.starts_with("id,name\r\n1,record 1\r\n"));
    CHECK(text.ends_with("10000,record 10000\r\n"));
    records::RecordView changed(*bench.file->snapshot(), records::RecordView::Kind::json, 1000, {});
    std::vector<std::byte> room(1024);
    CHECK(changed.pull(room).outcome == http::BodySource::Outcome::produced);
    bench.write("id=1&a=1\n");
    CHECK(pull_all(changed).ends_with("<failed>"));
}

TEST_CASE("record view: rows are made as they are pulled, however wide a short line becomes", "[content][records]") {
    RecordBench bench;
    std::string records = "id=wide";
    for (int i = 0; i < 99; ++i) records += "&f" + std::to_string(i) + "=";
    for (int i = 0; i < 2000; ++i) records += "\nid=" + std::to_string(i) + "&a=";
    bench.write(records + "\n");
    records::RecordView view(*bench.file->snapshot(), records::RecordView::Kind::html, 4096, {});
    std::vector<std::byte> room(1024);
    std::size_t most = 0;
    std::size_t bytes = 0;
    for (auto outcome = http::BodySource::Outcome::produced; outcome == http::BodySource::Outcome::produced;) {
        const auto pulled = view.pull(room);
        outcome = pulled.outcome;
        bytes += pulled.bytes;
        most = std::max(most, view.waiting_bytes());
        REQUIRE(outcome != http::BodySource::Outcome::failed);
    }
    CHECK(bytes > 2000 * 100 * std::string_view("<td></td>").size());
    CHECK(most < 12 * 1024);
}

TEST_CASE("record view: of tens of thousands of fields, each name stands once in the JSON", "[content][records]") {
    records::Record record;
    std::string expected = "{";
    for (int i = 0; i < 40'000; ++i) {
        const std::string name = std::to_string(i % 20'000);
        record.push_back({name, i < 20'000 ? "first" : "second"});
        if (i < 20'000) expected += (i > 0 ? ",\"" : "\"") + name + "\":\"first\"";
    }
    std::string text;
    records::append_record_json(text, record);
    CHECK(text == expected + "}");
}
