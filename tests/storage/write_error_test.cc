// What a failed system call is told as.
#include "storage/write_error.h"

#include <cerrno>

#include "support/catch.h"

namespace {

int code(int error) { return http::code(storage::write_refusal(error).status); }

}  // namespace

TEST_CASE("write error: a passing fault of the machine says nothing about the file", "[storage]") {
    for (const int error : {EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR, EAGAIN, ESTALE}) CHECK(code(error) == 503);
    for (const int error : {EIO, ENXIO, ENODEV, ETIMEDOUT, EBADF}) CHECK(code(error) == 500);
}

TEST_CASE("write error: a failing disk is told with the system's words for it", "[storage]") {
    CHECK(storage::write_refusal(EIO).reason == "the disk failed (Input/output error); nothing was changed.");
    const storage::ErrorSentences sentences("(", ")");
    CHECK(sentences.of(ENODEV) == "(No such device)");
    CHECK(sentences.of(100'000) == sentences.of(EIO));
    CHECK(sentences.of(-1) == sentences.of(EIO));
}

TEST_CASE("write error: a full disk and a full quota are 507", "[storage]") {
    CHECK(code(ENOSPC) == 507);
    CHECK(code(EDQUOT) == 507);
}

TEST_CASE("write error: EXDEV is a link out of the root where a path is resolved, another file system at a name",
          "[storage]") {
    CHECK(storage::write_refusal(EXDEV).reason.find("symbolic link") != std::string_view::npos);
    CHECK(storage::naming_refusal(EXDEV).reason.find("file system") != std::string_view::npos);
    CHECK(storage::naming_refusal(ENOSPC).status == http::Status::insufficient_storage);
}

TEST_CASE("write error: no reason names an option, or a directory where it may be a file", "[storage]") {
    for (int error = 1; error < 134; ++error) {
        CHECK(storage::write_refusal(error).reason.find("--") == std::string_view::npos);
        CHECK(code(error) >= 400);
    }
    CHECK(storage::write_refusal(EBUSY).reason.find("directory") == std::string_view::npos);
}
