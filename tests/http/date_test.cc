// HTTP dates, both ways.
#include "http/date.h"

#include <limits>
#include <string>

#include "support/catch.h"

using http::date_text;
using http::parse_date;

namespace {

constexpr std::int64_t kExample = 784'111'777;  // RFC 9110 §5.6.7
constexpr std::int64_t kNow = 1'760'000'000;    // 2025-10-09

}  // namespace

TEST_CASE("date: known seconds", "[http][date]") {
    CHECK(date_text(kExample) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date_text(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(date_text(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    CHECK(date_text(951'782'400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(date_text(4'107'542'400) == "Mon, 01 Mar 2100 00:00:00 GMT");
    CHECK(date_text(2'147'483'648) == "Tue, 19 Jan 2038 03:14:08 GMT");
}

TEST_CASE("date: years keep four digits", "[http][date]") {
    CHECK(date_text(http::kMaxDateSeconds) == "Fri, 31 Dec 9999 23:59:59 GMT");
    CHECK(date_text(http::kMaxDateSeconds + 1) == date_text(http::kMaxDateSeconds));
    CHECK(date_text(std::numeric_limits<std::int64_t>::max()) == date_text(http::kMaxDateSeconds));
    CHECK(date_text(http::kMinDateSeconds) == "Sat, 01 Jan 0000 00:00:00 GMT");
    CHECK(date_text(std::numeric_limits<std::int64_t>::min()) == date_text(http::kMinDateSeconds));
}

TEST_CASE("date: every day of four centuries comes back, with weekdays in turn", "[http][date]") {
    const char* const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    std::int64_t wrong = 0;
    for (std::int64_t day = -80'000; day < 80'000; ++day) {
        const std::int64_t seconds = day * 86'400 + 12'345;
        const std::string text = date_text(seconds);
        if (parse_date(text, kNow) != seconds || !text.starts_with(days[(day + 80'000 * 7 + 4) % 7])) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("date: all three formats are read", "[http][date]") {
    CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow) == kExample);
    CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow) == kExample);
    CHECK(parse_date("Sun Nov  6 08:49:37 1994", kNow) == kExample);
    CHECK(parse_date("Wed Nov 16 08:49:37 1994", kNow) == kExample + 10 * 86'400);
}

TEST_CASE("date: two digits of a year mean at most 50 years ahead", "[http][date]") {
    // 2025-10-09 08:53:20; the same moment fifty years later is the last that may be meant.
    CHECK(date_text(*parse_date("Friday, 09-Oct-75 08:53:20 GMT", kNow)) == "Wed, 09 Oct 2075 08:53:20 GMT");
    CHECK(date_text(*parse_date("Friday, 09-Oct-75 08:53:21 GMT", kNow)) == "Thu, 09 Oct 1975 08:53:21 GMT");
    CHECK(date_text(*parse_date("Friday, 01-Jan-76 00:00:00 GMT", kNow)) == "Thu, 01 Jan 1976 00:00:00 GMT");
    CHECK(date_text(*parse_date("Friday, 01-Jan-00 00:00:00 GMT", kNow)) == "Sat, 01 Jan 2000 00:00:00 GMT");
    const std::int64_t late = *parse_date("Fri, 01 Jan 2099 00:00:00 GMT", kNow);
    CHECK(date_text(*parse_date("Friday, 01-Jan-05 00:00:00 GMT", late)) == "Thu, 01 Jan 2105 00:00:00 GMT");
}

TEST_CASE("date: a leap day exists only in a leap year, in every format", "[http][date]") {
    CHECK(parse_date("Tue, 29 Feb 2000 00:00:00 GMT", kNow));
    CHECK_FALSE(parse_date("Thu, 29 Feb 1900 00:00:00 GMT", kNow));
    CHECK_FALSE(parse_date("Thu, 29 Feb 2023 00:00:00 GMT", kNow));
    CHECK(parse_date("Thursday, 29-Feb-24 00:00:00 GMT", kNow));
    CHECK_FALSE(parse_date("Thursday, 29-Feb-23 00:00:00 GMT", kNow));
}

TEST_CASE("date: a leap second is the second after", "[http][date]") {
    CHECK(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow) == parse_date("Sun, 01 Jan 2017 00:00:00 GMT", kNow));
    CHECK_FALSE(parse_date("Sat, 31 Dec 2016 23:59:61 GMT", kNow));
}

TEST_CASE("date: anything else is no date", "[http][date]") {
    for (const char* text : {"",
                             "0",
                             "Sun",
                             "Sun,",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 GMT ",
                             " Sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 06 Nov 1994 08:49:37 gmt",
                             "sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 94 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 31 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 8:49:37 GMT",
                             "Xxx, 06 Nov 1994 08:49:37 GMT",
                             "Sunday, 06-Nov-1994 08:49:37 GMT",
                             "Sunday, 06 Nov 94 08:49:37 GMT",
                             "Sun, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov 6 08:49:37 1994",
                             "Sun Nov 006 08:49:37 1994",
                             "Sun Nov  6 08:49:37 1994 GMT",
                             "Sun, 06 Nov 1994 08:49:37 +0000",
                             "1994-11-06T08:49:37Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text, kNow));
    }
}
