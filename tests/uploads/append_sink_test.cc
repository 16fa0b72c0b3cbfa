// Bytes into a resumable upload: bounds, the newer request, what the client is told meanwhile, and the end.
#include "uploads/append_sink.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "support/catch.h"
#include "uploads/stored_uploads.h"

using stored::Store;
using uploads::AppendSink;
using Role = AppendSink::Role;
using Ends = AppendSink::Ends;
using Interims = AppendSink::Interims;

namespace {

struct Appending {
    Appending() {
        rules.allow_upload = rules.allow_replace = true;
        upload = &store.create("/a");
    }

    AppendSink sink(Role role, Ends ends, Interims interims = Interims::unwanted) {
        return {*store.store,
                *upload,
                store.bytes,
                {},
                {ends, role, interims, limit, length, uploads::WriteGate(rules, *store.site.root, {})}};
    }
    /// The status of the answer that finish() leads to.
    int end(AppendSink& sink) {
        const auto work = sink.finish({});
        auto response = work->advance(1);
        while (!response) {
            store.site.disk.finish_all();
            response = work->advance(1);
        }
        answer = std::move(*response);
        return http::code(answer.status);
    }
    [[nodiscard]] std::string bytes() const { return store.site.directory.read(uploads::partial_name(upload->number)); }

    Store store;
    handler::WriteRules rules;
    handler::SizeLimit limit;
    std::optional<std::uint64_t> length;
    uploads::UploadStore::Upload* upload = nullptr;
    http::Response answer;
};

int status_of(const std::expected<void, http::Refusal>& written) {
    return written ? 0 : http::code(written.error().status);
}

}  // namespace

TEST_CASE("append sink: bytes are in the upload's file at once, and stay when the request ends early", "[uploads]") {
    Appending each;
    {
        AppendSink sink = each.sink(Role::creates, Ends::whole);
        REQUIRE(status_of(sink.write(support::bytes("hello"))) == 0);
        CHECK(each.bytes() == "hello");
    }
    CHECK(each.bytes() == "hello");
    CHECK(each.upload->offset == 5);
    AppendSink sink = each.sink(Role::appends, Ends::part);
    REQUIRE(status_of(sink.write(support::bytes(" world"))) == 0);
    CHECK(each.bytes() == "hello world");
    CHECK(each.end(sink) == 204);
    CHECK(each.answer.find("Upload-Offset") == "11");
    CHECK(each.answer.find("Upload-Complete") == "?0");
}

TEST_CASE("append sink: an older request is refused at its next block and at its end", "[uploads]") {
    Appending each;
    AppendSink older = each.sink(Role::creates, Ends::part);
    ++each.upload->generation;
    CHECK(status_of(older.write(support::bytes("late"))) == 409);
    CHECK(each.bytes().empty());
    CHECK(each.end(older) == 409);
}

TEST_CASE("append sink: more bytes than the length or than the server takes end the upload", "[uploads]") {
    Appending longer;
    longer.length = 5;
    const std::uint64_t number = longer.upload->number;
    AppendSink sink = longer.sink(Role::creates, Ends::whole);
    REQUIRE(status_of(sink.write(support::bytes("12345"))) == 0);
    CHECK(status_of(sink.write(support::bytes("6"))) == 400);
    CHECK(longer.store.store->find(number) == nullptr);
    CHECK_FALSE(longer.store.site.directory.has(uploads::partial_name(number)));

    Appending larger;
    const std::uint64_t other = larger.upload->number;
    larger.limit = handler::SizeLimit(4);
    AppendSink bounded = larger.sink(Role::creates, Ends::whole);
    REQUIRE(status_of(bounded.write(support::bytes("1234"))) == 0);
    CHECK(status_of(bounded.write(support::bytes("5"))) == 413);
    CHECK(larger.store.store->find(other) == nullptr);
    CHECK_FALSE(larger.store.site.directory.has(uploads::partial_name(other)));
}

TEST_CASE("append sink: fewer bytes than the length are not the whole, and are taken back", "[uploads]") {
    Appending each;
    AppendSink first = each.sink(Role::creates, Ends::part);
    REQUIRE(status_of(first.write(support::bytes("123"))) == 0);
    REQUIRE(each.end(first) == 201);
    each.length = 7;
    AppendSink sink = each.sink(Role::appends, Ends::whole);
    REQUIRE(status_of(sink.write(support::bytes("456"))) == 0);
    CHECK(each.end(sink) == 400);
    CHECK(each.answer.find("Upload-Complete") == "?0");
    CHECK(each.bytes() == "123");
    CHECK(each.upload->phase() == uploads::UploadPhase::open);
}

TEST_CASE("append sink: the end of a whole upload gives the file its name", "[uploads]") {
    Appending each;
    AppendSink sink = each.sink(Role::creates, Ends::whole);
    REQUIRE(status_of(sink.write(support::bytes("hello"))) == 0);
    CHECK(each.end(sink) == 201);
    CHECK(each.answer.find("Upload-Complete") == "?1");
    CHECK(each.store.site.directory.read("a") == "hello");
}

TEST_CASE("append sink: a client that wants to know is told the address once, then durable offsets", "[uploads]") {
    Appending each;
    AppendSink quiet = each.sink(Role::creates, Ends::whole, Interims::unwanted);
    CHECK_FALSE(quiet.take_interim().has_value());
    AppendSink sink = each.sink(Role::creates, Ends::whole, Interims::wanted);
    const auto address = sink.take_interim();
    REQUIRE(address.has_value());
    CHECK(address->fields.find("Location") == uploads::upload_location(*each.upload));
    CHECK_FALSE(sink.take_interim().has_value());
    each.upload->synced = each.store.store->limits().sync_every_bytes;
    const auto progress = sink.take_interim();
    REQUIRE(progress.has_value());
    CHECK(progress->fields.find("Upload-Offset") == std::to_string(each.upload->synced));
    CHECK_FALSE(sink.take_interim().has_value());
}

TEST_CASE("append sink: a body that ends early says that what arrived is kept", "[uploads]") {
    Appending each;
    const AppendSink sink = each.sink(Role::creates, Ends::whole);
    CHECK(sink.incomplete().reason.find("what arrived is kept") != std::string_view::npos);
}
