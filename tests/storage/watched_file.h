// An open file whose writes are watched, and a way to write to it.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "storage/open_file.h"
#include "storage/write_watch.h"
#include "support/catch.h"
#include "support/served_tree.h"

struct WatchedFile {
    WatchedFile() {
        tree.write("a.log", std::string(5000, 'a'));
        base::Fd descriptor(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
        struct stat status{};
        REQUIRE(::fstat(descriptor.get(), &status) == 0);
        file = std::make_unique<storage::OpenFile>(std::move(descriptor), status, clock, nullptr, writes);
    }
    [[nodiscard]] std::string path() const { return tree.at("a.log"); }
    void write_at(off_t offset, std::string_view text, int flags = O_WRONLY) const {
        const base::Fd out(::open(path().c_str(), flags | O_CLOEXEC));
        REQUIRE(::pwrite(out.get(), text.data(), text.size(), offset) == static_cast<ssize_t>(text.size()));
    }

    ServedTree tree;
    FakeClock clock = settled_clock();
    std::shared_ptr<storage::WriteWatch> writes = std::make_shared<storage::WriteWatch>();
    std::unique_ptr<storage::OpenFile> file;
};
