// Dates in the proleptic Gregorian calendar, without the C library: no locale, no time zone, no lock.
#include "http/date.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace http {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct CivilTime {
    std::int64_t year = 0;
    int month = 1;  ///< 1 … 12
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

constexpr bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int days_in_month(std::int64_t year, int month) {
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Days before the first of `month` in a year that begins in March, so that the leap day is its last:
/// the lengths 31 30 31 30 31 repeat with a period of 153 days.
constexpr std::int64_t days_before_month(std::int64_t months_since_march) { return (153 * months_since_march + 2) / 5; }

/// Days from 0000-03-01 to 1970-01-01.
constexpr std::int64_t kMarchEpochDays = 719'468;

constexpr std::int64_t days_since_1970(std::int64_t year, int month, int day) {
    const std::int64_t march_year = month > 2 ? year : year - 1;
    const std::int64_t months = month > 2 ? month - 3 : month + 9;
    return march_year * 365 + floor_div(march_year, 4) - floor_div(march_year, 100) + floor_div(march_year, 400) +
           days_before_month(months) + day - 1 - kMarchEpochDays;
}
static_assert(days_since_1970(1970, 1, 1) == 0);
static_assert(days_since_1970(0, 1, 1) * kDaySeconds == kMinDateSeconds);
static_assert(days_since_1970(10'000, 1, 1) * kDaySeconds == kMaxDateSeconds + 1);

constexpr std::int64_t to_seconds(const CivilTime& time) {
    return days_since_1970(time.year, time.month, time.day) * kDaySeconds + time.hour * 3600 + time.minute * 60 +
           time.second;
}

constexpr CivilTime to_civil(std::int64_t unix_seconds) {
    const std::int64_t days = floor_div(unix_seconds, kDaySeconds);
    const auto second_of_day = static_cast<int>(unix_seconds - days * kDaySeconds);
    // The year by its average length, at most one too late, then corrected.
    std::int64_t year = 1970 + floor_div(days * 400, 146'097);
    while (days_since_1970(year, 1, 1) > days) --year;
    while (days_since_1970(year + 1, 1, 1) <= days) ++year;
    auto day_of_year = static_cast<int>(days - days_since_1970(year, 1, 1));
    int month = 1;
    while (day_of_year >= days_in_month(year, month)) day_of_year -= days_in_month(year, month++);
    return {year, month, day_of_year + 1, second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60};
}
static_assert(to_civil(kMaxDateSeconds).year == 9999 && to_civil(kMaxDateSeconds).month == 12);

void put_two(char* into, int value) {
    into[0] = static_cast<char>('0' + value / 10);
    into[1] = static_cast<char>('0' + value % 10);
}

/// Takes the parts of a date off the front of a text; the first that is missing makes it bad for good.
class DateReader {
public:
    explicit DateReader(std::string_view text) : rest_(text) {}

    void take(std::string_view literal) {
        if (!rest_.starts_with(literal)) return fail();
        rest_.remove_prefix(literal.size());
    }
    int take_number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_.size() <= i || !base::is_digit(rest_[i])) {
                fail();
                return 0;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }
    /// The index of the name that comes next.
    template <std::size_t N>
    int take_name(const std::array<std::string_view, N>& names) {
        for (std::size_t i = 0; i < N; ++i) {
            if (!rest_.starts_with(names[i])) continue;
            rest_.remove_prefix(names[i].size());
            return static_cast<int>(i);
        }
        fail();
        return 0;
    }
    /// asctime's day: two digits, or a space and one.
    int take_padded_day() {
        if (!rest_.starts_with(' ')) return take_number(2);
        take(" ");
        return take_number(1);
    }
    void take_time(CivilTime& time) {
        time.hour = take_number(2);
        take(":");
        time.minute = take_number(2);
        take(":");
        time.second = take_number(2);
    }
    /// Nothing was missing and nothing is left.
    [[nodiscard]] bool is_whole() const { return good_ && rest_.empty(); }

private:
    void fail() {
        good_ = false;
        rest_ = {};
    }

    std::string_view rest_;
    bool good_ = true;
};

bool is_real(const CivilTime& time) {
    return time.day >= 1 && time.day <= days_in_month(time.year, time.month) && time.hour <= 23 && time.minute <= 59 &&
           time.second <= 60;
}

std::optional<std::int64_t> seconds_if_real(const DateReader& reader, const CivilTime& time) {
    if (!reader.is_whole() || !is_real(time)) return std::nullopt;
    return to_seconds(time);
}

std::optional<std::int64_t> parse_fixdate(std::string_view text) {
    DateReader reader(text);
    CivilTime time;
    reader.take_name(kDays);
    reader.take(", ");
    time.day = reader.take_number(2);
    reader.take(" ");
    time.month = reader.take_name(kMonths) + 1;
    reader.take(" ");
    time.year = reader.take_number(4);
    reader.take(" ");
    reader.take_time(time);
    reader.take(" GMT");
    return seconds_if_real(reader, time);
}

std::optional<std::int64_t> parse_asctime(std::string_view text) {
    DateReader reader(text);
    CivilTime time;
    reader.take_name(kDays);
    reader.take(" ");
    time.month = reader.take_name(kMonths) + 1;
    reader.take(" ");
    time.day = reader.take_padded_day();
    reader.take(" ");
    reader.take_time(time);
    reader.take(" ");
    time.year = reader.take_number(4);
    return seconds_if_real(reader, time);
}

std::optional<std::int64_t> parse_rfc850(std::string_view text, std::int64_t now) {
    DateReader reader(text);
    CivilTime time;
    reader.take_name(kLongDays);
    reader.take(", ");
    time.day = reader.take_number(2);
    reader.take("-");
    time.month = reader.take_name(kMonths) + 1;
    reader.take("-");
    const int year_of_century = reader.take_number(2);
    reader.take(" ");
    reader.take_time(time);
    reader.take(" GMT");
    if (!reader.is_whole()) return std::nullopt;
    // The latest year with these two digits that is not more than 50 years ahead.
    const CivilTime today = to_civil(std::clamp(now, kMinDateSeconds, kMaxDateSeconds));
    CivilTime fifty_before = time;
    fifty_before.year = floor_div(today.year, 100) * 100 + 100 + year_of_century - 50;
    while (to_seconds(fifty_before) > now) fifty_before.year -= 100;
    time.year = fifty_before.year + 50;
    return seconds_if_real(reader, time);
}

}  // namespace

void format_date(std::int64_t unix_seconds, std::span<char, kDateBytes> into) {
    const std::int64_t clamped = std::clamp(unix_seconds, kMinDateSeconds, kMaxDateSeconds);
    const CivilTime time = to_civil(clamped);
    const std::int64_t days = floor_div(clamped, kDaySeconds);
    const auto weekday = static_cast<std::size_t>(days + 4 - floor_div(days + 4, 7) * 7);
    constexpr std::string_view kPattern = "Sun, 00 Jan 0000 00:00:00 GMT";
    std::ranges::copy(kPattern, into.begin());
    std::ranges::copy(kDays[weekday], into.begin());
    put_two(&into[5], time.day);
    std::ranges::copy(kMonths[static_cast<std::size_t>(time.month - 1)], into.begin() + 8);
    put_two(&into[12], static_cast<int>(time.year / 100));
    put_two(&into[14], static_cast<int>(time.year % 100));
    put_two(&into[17], time.hour);
    put_two(&into[20], time.minute);
    put_two(&into[23], time.second);
}

std::string date_text(std::int64_t unix_seconds) {
    std::string text(kDateBytes, '\0');
    format_date(unix_seconds, std::span<char, kDateBytes>(text.data(), kDateBytes));
    return text;
}

std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now) {
    if (text.size() < 4) return std::nullopt;
    switch (text[3]) {
        case ',': return parse_fixdate(text);
        case ' ': return parse_asctime(text);
        default: return parse_rfc850(text, now);
    }
}

}  // namespace http
