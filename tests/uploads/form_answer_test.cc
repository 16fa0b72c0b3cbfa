// The answer to a form, made from what became of its files.
#include "uploads/form_answer.h"

#include "support/catch.h"
#include "support/parsed_request.h"

namespace {

uploads::FormFile failed(http::Status status, std::string_view fault) {
    uploads::FormFile file;
    file.name = "a";
    file.status = status;
    file.fault = fault;
    return file;
}

}  // namespace

TEST_CASE("form answer: a file that has its name but is not durable is not called absent", "[uploads][forms]") {
    const ParsedRequest request("POST", "/in/", "Accept: text/html\r\n");
    const auto answer = take_answer(uploads::answer_form(
        request.get(), {failed(http::Status::internal_server_error, "the file has its name, but the disk failed.")}));
    CHECK(answer.status == 500);
    CHECK(answer.body.find("</b>: the file has its name, but the disk failed.") != std::string::npos);
    CHECK(answer.body.find("not stored") == std::string::npos);
}

TEST_CASE("form answer: what failed for the moment only says when to come back", "[uploads][forms]") {
    const ParsedRequest request("POST", "/in/");
    const auto answer =
        take_answer(uploads::answer_form(request.get(), {failed(http::Status::service_unavailable, "try again.")}));
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After") == "1");
}
