// Secrets that are part of a target do not reach a log.
#include "site/loggable_target.h"

#include <string>

#include "support/catch.h"

using site::loggable_target;

namespace {

const std::string kToken = "0123456789abcdef0123456789abcdef0123456789abcdef";

std::string logged(const std::string& target) {
    std::string storage;
    return std::string(loggable_target(target, storage));
}

}  // namespace

TEST_CASE("loggable target: the token of an upload is a digest, however it is spelled", "[site]") {
    const std::string plain = logged("/.godwit/uploads/" + kToken);
    CHECK(plain.size() == std::string("/.godwit/uploads/~01234567").size());
    CHECK(plain.rfind("/.godwit/uploads/~", 0) == 0);
    for (const std::string& spelling :
         {"/%2egodwit/uploads/" + kToken, "/.godwit/%75ploads/%30" + kToken.substr(1), "//.godwit//uploads/" + kToken,
          "http://x/.godwit/uploads/" + kToken + "?x=1", "/.godwit/uploads/" + kToken + "abc", "/.godwit/" + kToken}) {
        CAPTURE(spelling);
        CHECK(logged(spelling).find(kToken.substr(1)) == std::string::npos);
    }
    std::string other = kToken;
    other.back() = '0';
    CHECK(logged("/.godwit/uploads/" + other) != plain);
    CHECK(logged("/.godwit/uploads/" + kToken) == plain);
}

TEST_CASE("loggable target: so is the value of a query parameter that names a token", "[site]") {
    CHECK(logged("/a?x=1&token=hunter2&y").rfind("/a?x=1&token=~", 0) == 0);
    CHECK(logged("/a?x=1&token=hunter2&y").find("hunter2") == std::string::npos);
    CHECK(logged("/a?%74oken=hunter2").find("hunter2") == std::string::npos);
    CHECK(logged("/a?SIG=hunter2").find("hunter2") == std::string::npos);
}

TEST_CASE("loggable target: nothing tells guesses of a password apart, and no cookie is shown", "[site]") {
    CHECK(logged("/.godwit/sign-in?name=alice&password=hunter2&to=/") == "/.godwit/sign-in?name=alice&password=~&to=/");
    CHECK(logged("/a?%50assword=hunter2") == "/a?%50assword=~");
    CHECK(logged("/a?__Host-godwit-8443=1.61.2").find("1.61.2") == std::string::npos);
}

TEST_CASE("loggable target: everything else stands as it was sent", "[site]") {
    for (const std::string& target : {std::string("/a%20b?tokens=1&x"), std::string("*"), std::string(), "/" + kToken,
                                      std::string("/a%2"), std::string("/?&&")}) {
        CHECK(logged(target) == target);
    }
}
