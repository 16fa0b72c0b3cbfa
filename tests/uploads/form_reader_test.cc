// The parts of a form into files that wait, slice by slice, and what is refused of it.
#include "uploads/form_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/write_site.h"
#include "uploads/form_posts.h"

using forms::field_part;
using forms::file_part;
using forms::kEnd;
using uploads::FormReader;

namespace {

struct Reading {
    explicit Reading(handler::WriteRules its_rules = allowed(), std::chrono::microseconds slice = std::chrono::hours(1))
        : rules(std::move(its_rules)),
          reader(*site.parts, uploads::WriteGate(rules, *site.root, {}), storage::OnConflict::refuse, "/",
                 forms::kBoundary, slice) {}

    static handler::WriteRules allowed() {
        handler::WriteRules rules;
        rules.allow_upload = rules.allow_replace = true;
        return rules;
    }
    /// All of it, in blocks of `block_bytes`. The status of the refusal, or 0.
    int read(std::string_view body, std::size_t block_bytes = 4096) {
        for (; !body.empty(); body.remove_prefix(std::min(block_bytes, body.size()))) {
            if (const auto taken = reader.take(support::bytes(body.substr(0, block_bytes))); !taken) {
                return http::code(taken.error().status);
            }
            while (!reader.work()) ++slices;
        }
        const auto fault = reader.find_fault();
        return fault ? http::code(fault->status) : 0;
    }
    /// "name:bytes:waiting|…"
    std::string entries() {
        std::string text;
        for (const FormReader::Entry& entry : reader.entries()) {
            text.append(entry.file.name).append(":").append(std::to_string(entry.file.bytes));
            text.append(entry.waiting ? ":waits|" : ":" + std::to_string(http::code(entry.file.status)) + "|");
        }
        return text;
    }

    support::WriteSite site;
    handler::WriteRules rules;
    FormReader reader;
    int slices = 0;
};

}  // namespace

TEST_CASE("form reader: every file waits under a hidden name, in the order of the form", "[uploads][forms]") {
    for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
        Reading reading;
        CHECK(reading.read(file_part("b", "12345") + field_part("x", "y") + file_part("a", "") + kEnd, block) == 0);
        CHECK(reading.entries() == "b:5:waits|a:0:waits|");
        for (const std::string& name : reading.site.directory.list()) CHECK(name.starts_with(".godwit-"));
    }
}

TEST_CASE("form reader: a file that is refused does not stop the others", "[uploads][forms]") {
    Reading reading;
    CHECK(reading.read(file_part(".hidden", "1") + file_part("a", "2") + kEnd) == 0);
    CHECK(reading.entries().ends_with("a:1:waits|"));
    CHECK_FALSE(reading.reader.entries().front().waiting.has_value());
    CHECK_FALSE(reading.reader.entries().front().file.fault.empty());
}

TEST_CASE("form reader: a form that is cut off, or holds no file, says what is wrong with it", "[uploads][forms]") {
    CHECK(Reading().read(file_part("a", "1")) == 400);
    CHECK(Reading().read(field_part("x", "y") + kEnd) == 422);
    CHECK(Reading().read("--AaB03x\r\nnonsense") == 400);
}

TEST_CASE("form reader: a field that is longer than a field may be refuses the form, and drops its files",
          "[uploads][forms]") {
    Reading reading;
    const std::string field = field_part("x", std::string(uploads::kMaxFormFieldBytes + 1, 'y'));
    CHECK(reading.read(file_part("a", "1") + field + kEnd) == 413);
    CHECK(reading.reader.entries().empty());
    Reading at_the_bound;
    CHECK(at_the_bound.read(file_part("a", "1") + field_part("x", std::string(uploads::kMaxFormFieldBytes, 'y')) +
                            kEnd) == 0);
}

TEST_CASE("form reader: what does not fit into one slice waits for the next", "[uploads][forms]") {
    std::string body;
    for (std::size_t i = 0; i < 3 * uploads::kFormFilesPerSlice; ++i) body += file_part("f" + std::to_string(i), "1");
    body += kEnd;
    Reading reading;
    CHECK(reading.read(body, body.size()) == 0);
    CHECK(reading.slices >= 2);
    CHECK(reading.reader.entries().size() == 3 * uploads::kFormFilesPerSlice);
    // Where no time is left, a slice is one file.
    Reading slow(Reading::allowed(), std::chrono::microseconds(0));
    CHECK(slow.read(body, body.size()) == 0);
    CHECK(slow.slices >= static_cast<int>(3 * uploads::kFormFilesPerSlice) - 1);
}

TEST_CASE("form reader: a part without a name of a file is no file unless it has content", "[uploads][forms]") {
    Reading empty;
    CHECK(empty.read(file_part("", "") + file_part("a", "1") + kEnd) == 0);
    CHECK(empty.entries() == "a:1:waits|");
    Reading full;
    CHECK(full.read(file_part("", "content") + file_part("a", "1") + kEnd) == 0);
    CHECK(full.reader.entries().size() == 2);
    CHECK(full.reader.entries().front().file.status == http::Status::unprocessable_content);
}
