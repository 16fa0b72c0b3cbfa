// A descriptor is closed once, by whoever owns it last.
#include "base/fd.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "support/catch.h"

namespace {

int open_null() {
    const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(number >= 0);
    return number;
}

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

}  // namespace

TEST_CASE("fd: owns none at first", "[base][fd]") {
    base::Fd fd;
    CHECK_FALSE(fd);
    CHECK(fd.get() == -1);
    CHECK(fd.take() == -1);
    fd.reset();
    CHECK_FALSE(base::Fd(-1));
    CHECK(base::Fd(::open("/", O_PATH | O_CLOEXEC)));
}

TEST_CASE("fd: closes at the end of its scope", "[base][fd]") {
    const int number = open_null();
    {
        const base::Fd fd(number);
        CHECK(fd);
        CHECK(fd.get() == number);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("fd: reset closes at once, and only once", "[base][fd]") {
    base::Fd fd(open_null());
    const int number = fd.get();
    fd.reset();
    CHECK_FALSE(fd);
    CHECK_FALSE(is_open(number));
    const base::Fd other(open_null());
    REQUIRE(other.get() == number);
    fd.reset();
    CHECK(is_open(number));
}

TEST_CASE("fd: take gives the number away open", "[base][fd]") {
    base::Fd fd(open_null());
    const int number = fd.get();
    CHECK(fd.take() == number);
    CHECK_FALSE(fd);
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE("fd: moving hands over and closes what was there", "[base][fd]") {
    base::Fd first(open_null());
    base::Fd second(open_null());
    const int one = first.get();
    const int two = second.get();
    second = std::move(first);
    CHECK_FALSE(first);
    CHECK(second.get() == one);
    CHECK(is_open(one));
    CHECK_FALSE(is_open(two));
    base::Fd third(std::move(second));
    CHECK_FALSE(second);
    CHECK(third.get() == one);
    base::Fd& same = third;
    third = std::move(same);
    CHECK(third.get() == one);
    CHECK(is_open(one));
}
