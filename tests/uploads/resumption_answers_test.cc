// The answers about resumable uploads, and those that wait for the disk first.
#include "uploads/resumption_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "support/catch.h"
#include "uploads/stored_uploads.h"

using stored::Store;
using uploads::OffsetAnswer;
using uploads::UploadEvent;
using uploads::UploadPhase;

namespace {

struct Answering {
    explicit Answering(std::string_view content = "hello") {
        upload = &store.create("/a");
        store.append(*upload, content);
    }
    /// Drives the work to its response.
    http::Response answer(http::PendingResponse& work) {
        auto response = work.advance(1);
        for (turns = 1; !response; ++turns) {
            store.site.disk.finish_all();
            response = work.advance(1);
            REQUIRE(turns < 1'000);
        }
        return std::move(*response);
    }
    http::Response tell(OffsetAnswer::Told told) {
        OffsetAnswer work(*store.store, *upload, store.bytes, {told, 0, 3});
        return answer(work);
    }

    Store store;
    uploads::UploadStore::Upload* upload = nullptr;
    int turns = 0;
};

}  // namespace

TEST_CASE("resumption answers: an offset is told once it is durable, in the words of each request", "[uploads]") {
    Answering each;
    each.upload->length = 11;
    OffsetAnswer waiting(*each.store.store, *each.upload, each.store.bytes, {OffsetAnswer::Told::created, 0, 0});
    CHECK_FALSE(waiting.advance(1).has_value());
    const http::Response created = each.answer(waiting);
    CHECK(each.upload->synced == 5);
    CHECK(created.status == http::Status::created);
    CHECK(created.find("Location") == uploads::upload_location(*each.upload));
    CHECK(created.find("Upload-Offset") == "5");
    CHECK(created.find("Upload-Length") == "11");
    CHECK(created.find("Cache-Control") == "no-store");
    CHECK(each.tell(OffsetAnswer::Told::retrieved).status == http::Status::no_content);
    const http::Response mismatched = each.tell(OffsetAnswer::Told::mismatched);
    CHECK(mismatched.status == http::Status::conflict);
    CHECK(mismatched.find("Upload-Offset") == "5");
    CHECK(mismatched.find("Upload-Complete") == "?0");
}

TEST_CASE("resumption answers: a disk that fails promises no offset", "[uploads]") {
    Answering each;
    each.store.site.disk.data_error = EIO;
    const http::Response response = each.tell(OffsetAnswer::Told::appended);
    CHECK(http::code(response.status) >= 500);
    CHECK_FALSE(response.find("Upload-Offset").has_value());
    CHECK(response.find("Upload-Complete") == "?0");
}

TEST_CASE("resumption answers: a long wrong part is taken back in slices, then refused", "[uploads]") {
    Answering each(std::string(10'000'000, 'x'));
    each.store.store->move(*each.upload, UploadEvent::taking_back_begun);
    uploads::TakingBack work(*each.store.store, each.upload->number, each.store.bytes, 100,
                             uploads::refuse_incomplete({http::Status::bad_request, "wrong"}));
    const http::Response response = each.answer(work);
    CHECK(each.turns >= 3);
    CHECK(response.status == http::Status::bad_request);
    CHECK(each.upload->offset == 100);
    CHECK(each.upload->phase() == UploadPhase::open);
    CHECK(each.store.site.directory.read(uploads::partial_name(each.upload->number)).size() == 100);
}

TEST_CASE("resumption answers: who asks during a commit waits for its end, once for each wake", "[uploads]") {
    Answering each;
    each.store.store->move(*each.upload, UploadEvent::end_begun);
    uploads::AfterCommit work(*each.store.store, each.upload->number, uploads::AfterCommit::Then::tell, 0);
    CHECK_FALSE(work.advance(9).has_value());
    CHECK_FALSE(work.advance(9).has_value());
    CHECK(std::ranges::count(each.upload->waiting, http::Wake{9}) == 1);
    each.upload->length = each.upload->offset;
    each.store.store->set_complete(*each.upload);
    const auto response = work.advance(9);
    REQUIRE(response.has_value());
    CHECK(response->find("Upload-Complete") == "?1");
    CHECK(response->find("Upload-Length") == "5");
}

TEST_CASE("resumption answers: a removal that waited removes what was not completed", "[uploads]") {
    Answering each;
    each.store.store->move(*each.upload, UploadEvent::end_begun);
    uploads::AfterCommit work(*each.store.store, each.upload->number, uploads::AfterCommit::Then::remove, 0);
    CHECK_FALSE(work.advance(9).has_value());
    const std::uint64_t number = each.upload->number;
    each.store.store->move(*each.upload, UploadEvent::end_put_off);
    // The answer says that it is gone for good, so the directories are synced first.
    CHECK_FALSE(work.advance(9).has_value());
    CHECK(each.answer(work).status == http::Status::no_content);
    CHECK(each.store.store->find(number) == nullptr);
    CHECK_FALSE(each.store.site.directory.has(uploads::partial_name(number)));
}

TEST_CASE("resumption answers: bytes that are gone are 410, bytes out of reach 503", "[uploads]") {
    using Kind = uploads::BytesError::Kind;
    Answering gone;
    CHECK(uploads::without_bytes(*gone.store.store, *gone.upload, {Kind::gone, ENOENT}, nullptr).status ==
          http::Status::gone);
    Answering away;
    const http::Response response =
        uploads::without_bytes(*away.store.store, *away.upload, {Kind::out_of_reach, EMFILE}, nullptr);
    CHECK(response.status == http::Status::service_unavailable);
    CHECK(response.find("Retry-After").has_value());
}

TEST_CASE("resumption answers: completeness is stated once", "[uploads]") {
    http::Response response;
    uploads::state_completeness(response, false);
    uploads::state_completeness(response, true);
    CHECK(response.find("Upload-Complete") == "?0");
    CHECK(response.fields.size() == 1);
}

TEST_CASE("resumption answers: the announcement has the address and the limits", "[uploads]") {
    const Answering each;
    const http::FieldList fields = uploads::announcement_fields(*each.store.store, *each.upload, 1'000);
    CHECK(fields.find("Location") == uploads::upload_location(*each.upload));
    CHECK(fields.find("Upload-Limit")->find("max-size=1000") != std::string_view::npos);
    CHECK(fields.find("Upload-Draft-Interop-Version") == "8");
}
