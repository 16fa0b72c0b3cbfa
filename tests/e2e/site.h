// What most end-to-end tests begin with: a directory with a few files and a server for it.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace e2e {

struct Site {
    Site() : Site({"--allow-all"}) {}
    Site(std::initializer_list<const char*> options) : Site(std::vector<std::string>(options.begin(), options.end())) {}
    explicit Site(const std::vector<std::string>& options) : Site(support::ServerSettings{.options = options}) {}
    explicit Site(support::ServerSettings settings) : server((fill(), settings.directory = files.path(), settings)) {}

    support::ClientResponse fetch(std::string_view method, std::string_view target,
                                  const std::vector<std::string>& fields = {}, std::string_view body = {}) const {
        return support::fetch(server.port(), method, target, fields, body);
    }
    [[nodiscard]] support::RawClient connect() const { return support::RawClient(server.port()); }

    support::TempDir files;

private:
    void fill() const {
        files.write("index.html", "<p>front</p>\n");
        files.write("hello.txt", "hello, world\n");
        files.write("docs/index.html", "<p>docs</p>\n");
        files.write("list/a.txt", "a\n");
        files.write("big.bin", support::noise(3'000'000));
        for (const auto& name : files.list()) files.make_old(name);
    }

public:
    support::ServerProcess server;
};

}  // namespace e2e
