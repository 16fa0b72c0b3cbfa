// Placeholders, and what differs: see the header.
#include "support/wire_check.h"

#include <time.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "support/temp_dir.h"

namespace support {

namespace {

namespace fs = std::filesystem;

std::string format_time(std::time_t seconds, const char* format) {
    tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[64];
    text[std::strftime(text, sizeof text, format, &parts)] = '\0';
    return text;
}

std::time_t modified_time(const std::string& value) {
    tm parts{};
    if (::strptime(value.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return 0;
    return ::timegm(&parts);
}

/// The value of "\{...}", from a plain GET of the file that it names.
std::string site_value(std::string_view inside, std::uint16_t port) {
    const std::size_t space = inside.find(' ');
    const std::string_view word = inside.substr(0, space);
    if (word == "future") return format_time(::time(nullptr) + 86'400, "%a, %d %b %Y %H:%M:%S GMT");
    const auto response = fetch(port, "GET", inside.substr(space + 1));
    if (word == "etag") return response.value("ETag");
    const std::string modified = response.value("Last-Modified");
    if (word == "modified") return modified;
    if (word == "rfc850") return format_time(modified_time(modified), "%A, %d-%b-%y %H:%M:%S GMT");
    if (word == "asctime") return format_time(modified_time(modified), "%a %b %e %H:%M:%S %Y");
    throw std::runtime_error("unknown placeholder " + std::string(inside));
}

}  // namespace

std::string fill_in(std::string text, std::uint16_t port) {
    std::size_t begin = 0;
    while ((begin = text.find('\x01', begin)) != std::string::npos) {
        const std::size_t end = text.find('\x02', begin);
        if (end == std::string::npos) break;
        const std::string value = site_value(std::string_view(text).substr(begin + 1, end - begin - 1), port);
        text.replace(begin, end + 1 - begin, value);
        begin += value.size();
    }
    return text;
}

bool writes(const WireCase& wire_case) {
    const auto has = [&](std::string_view word) {
        return std::any_of(wire_case.steps.begin(), wire_case.steps.end(),
                           [&](const WireStep& step) { return step.send.find(word) != std::string::npos; });
    };
    return has("PUT ") || has("POST ") || has("DELETE ");
}

namespace {

void check_fields(const std::string& label, const ExpectedResponse& expected, const ClientResponse& response,
                  std::uint16_t port, std::vector<std::string>& failures) {
    const auto fail = [&](const std::string& what) { failures.push_back(what); };
    for (const auto& [name, value] : expected.fields) {
        const auto found = response.find(name);
        if (!found || *found != fill_in(value, port)) {
            fail(label + " has " + name + ": " + found.value_or("(none)") + ", not " + fill_in(value, port));
        }
    }
    for (const auto& [name, part] : expected.parts) {
        if (response.value(name).find(fill_in(part, port)) == std::string::npos) {
            fail(label + " has " + name + ": " + response.value(name) + ", without " + part);
        }
    }
    for (const std::string& name : expected.present) {
        if (!response.has(name)) fail(label + " lacks " + name);
    }
    for (const std::string& name : expected.absent) {
        if (response.has(name)) fail(label + " has " + name + ": " + response.value(name));
    }
}

}  // namespace

void check_response(const std::string& label, const ExpectedResponse& expected, const ClientResponse& response,
                    std::uint16_t port, std::vector<std::string>& failures) {
    const auto fail = [&](const std::string& what) { failures.push_back(what); };
    const auto& statuses = expected.statuses;
    if (std::find(statuses.begin(), statuses.end(), response.status) == statuses.end()) {
        fail(label + " has the status " + std::to_string(response.status) + ", not " +
             std::to_string(statuses.front()));
    }
    if (!response.whole) fail(label + " has an incomplete body");
    check_fields(label, expected, response, port, failures);
    if (expected.body && response.body != fill_in(*expected.body, port)) {
        fail(label + " has another body: " + response.body.substr(0, 200));
    }
    for (const std::string& part : expected.body_parts) {
        if (response.body.find(fill_in(part, port)) == std::string::npos) fail(label + "'s body lacks: " + part);
    }
    if (expected.body_bytes && response.body.size() != *expected.body_bytes) {
        fail(label + " has a body of " + std::to_string(response.body.size()) + " bytes");
    }
}

void check_files(const WireCase& wire_case, const WireSite& site, std::vector<std::string>& failures) {
    const auto fail = [&](const std::string& what) { failures.push_back(what); };
    for (const auto& [name, content] : wire_case.files) {
        std::error_code missing;
        if (!fs::exists(site.directory() + name, missing)) {
            fail("there is no file " + name);
        } else if (read_file(site.directory() + name) != content) {
            fail(name + " holds: " + read_file(site.directory() + name).substr(0, 200));
        }
    }
    for (const std::string& name : wire_case.no_files) {
        std::error_code missing;
        if (fs::exists(site.directory() + name, missing)) fail("there is a file " + name);
    }
}

}  // namespace support
