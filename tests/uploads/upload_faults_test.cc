// Faults of the machine do not end an upload, and what is told is on disk before.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "support/catch.h"
#include "uploads/resumption_answers.h"
#include "uploads/stored_uploads.h"

using stored::state_for;
using stored::Store;
using uploads::UploadState;
using uploads::UploadStore;

TEST_CASE("upload store: what was published under a name that evaded others is found complete", "[uploads]") {
    Store store;
    UploadState state = state_for("/a.txt");
    state.on_conflict = storage::OnConflict::rename;
    auto& upload = **store.store->create(state, {}, store.bytes);
    const std::string token = UploadStore::token(upload);
    store.append(upload, "whole");
    struct stat status{};
    REQUIRE(::fstat(store.bytes->file.get(), &status) == 0);
    store.store->add_line(upload, uploads::length_line(5) + uploads::publishing_line(status.st_ino));
    store.site.directory.write("a.txt", "other");
    const std::string name = store.site.directory.at(uploads::partial_name(upload.number));
    REQUIRE(::rename(name.c_str(), store.site.directory.at("a (2).txt").c_str()) == 0);
    SECTION("after a restart") {
        store.restart();
        REQUIRE(store.store->find(token) != nullptr);
        CHECK(store.store->find(token)->phase() == uploads::UploadPhase::complete);
    }
    SECTION("and while the process goes on") {
        CHECK(store.store->open_bytes(upload).error().kind == uploads::BytesError::Kind::gone);
        CHECK(store.store->settle_gone(upload) == UploadStore::Settled::complete);
        CHECK(upload.phase() == uploads::UploadPhase::complete);
    }
}

TEST_CASE("upload store: bytes that are gone settle nothing while the state cannot be read", "[uploads]") {
    Store store;
    auto& upload = store.create("/a.txt");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "whole");
    REQUIRE(::unlink(store.site.directory.at(uploads::partial_name(upload.number)).c_str()) == 0);
    std::vector<base::Fd> taken;
    do taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    while (taken.back());
    const auto settled = store.store->settle_gone(upload);
    taken.clear();
    CHECK(settled == UploadStore::Settled::unknown);
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->settle_gone(upload) == UploadStore::Settled::removed);
    CHECK(store.store->find(token) == nullptr);
}

TEST_CASE("resumption answers: a cancelled upload is gone from the disk before that is said", "[uploads]") {
    Store store;
    auto& upload = store.create("/a.txt");
    const std::string token = UploadStore::token(upload);
    uploads::AfterCommit removal(*store.store, upload.number, uploads::AfterCommit::Then::remove, 0);
    CHECK_FALSE(removal.advance(1).has_value());
    http::Status expected = http::Status::no_content;
    SECTION("and the disk keeps that") {}
    SECTION("or fails to") {
        store.site.disk.directory_error = EIO;
        expected = http::Status::internal_server_error;
    }
    store.site.disk.finish_all();
    const auto response = removal.advance(1);
    REQUIRE(response.has_value());
    CHECK(response->status == expected);
    CHECK(store.store->find(token) == nullptr);
}

TEST_CASE("upload store: a state that would grow too long is written anew, with what counts in it", "[uploads]") {
    Store store;
    auto& upload = store.create("/a.txt");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "hello");
    store.store->note_length(upload, 9);
    const std::string line = uploads::synced_line(5);
    for (std::size_t i = 0; i < 2 * uploads::kMaxStateBytes / line.size(); ++i) {
        REQUIRE(store.store->add_line(upload, line) == 0);
    }
    CHECK(store.site.directory.read(".godwit/" + uploads::state_name(upload.number)).size() < uploads::kMaxStateBytes);
    CHECK_FALSE(store.site.directory.has(".godwit/" + uploads::rewritten_state_name(upload.number)));
    // What a process that was killed meanwhile left.
    const std::string rest = ".godwit/" + uploads::rewritten_state_name(7);
    store.site.directory.write(rest, "x");
    store.restart();
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->offset == 5);
    CHECK(store.store->find(token)->length == 9);
    CHECK_FALSE(store.site.directory.has(rest));
}

TEST_CASE("upload store: a directory that is away says nothing about the bytes in it", "[uploads]") {
    Store store;
    store.site.directory.make_directory("media");
    auto& upload = store.create("/media/film");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "hello");
    const std::string media = store.site.directory.at("media");
    REQUIRE(::rename(media.c_str(), store.site.directory.at("elsewhere").c_str()) == 0);
    SECTION("with nothing in its place") {}
    SECTION("with a file in its place") { store.site.directory.write("media", "x"); }
    SECTION("with the directory below a mount in its place") { store.site.directory.make_directory("media"); }
    CHECK(store.store->open_bytes(upload).error().kind == uploads::BytesError::Kind::out_of_reach);
    store.restart();
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->phase() == uploads::UploadPhase::away);
    ::remove(media.c_str());
    REQUIRE(::rename(store.site.directory.at("elsewhere").c_str(), media.c_str()) == 0);
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->phase() == uploads::UploadPhase::open);
    CHECK(store.store->find(token)->offset == 5);
}

TEST_CASE("upload store: a start without descriptors to spare forgets nothing", "[uploads]") {
    Store store;
    auto& upload = store.create("/film");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "hello");
    std::vector<base::Fd> taken;
    while (true) {
        taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        if (!taken.back()) break;
    }
    taken.pop_back();
    std::size_t spare = 0;
    SECTION("none") {}
    SECTION("one, for the directory of the states") { spare = 1; }
    SECTION("two, for its entries too") { spare = 2; }
    SECTION("three, for a state too") { spare = 3; }
    taken.resize(taken.size() - spare);
    store.bytes.reset();  // one more
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    store.restart();
    const auto* const found = store.store->find(token);
    const bool is_known = found != nullptr || store.store->may_have(token);
    taken.clear();
    CHECK(is_known);
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->offset == 5);
    CHECK_FALSE(store.store->may_have(std::string(48, '0')));
}

TEST_CASE("upload store: what is remembered after a restart is what ended last", "[uploads]") {
    Store store({.max_complete = 4});
    std::vector<std::string> tokens;
    for (int i = 0; i < 4; ++i) {
        auto& upload = store.create("/f" + std::to_string(i));
        tokens.push_back(UploadStore::token(upload));
        REQUIRE(::unlink(store.site.directory.at(uploads::partial_name(upload.number)).c_str()) == 0);
        store.store->set_complete(upload);
        const timespec at[2] = {{::time(nullptr), i * 1000}, {::time(nullptr), i * 1000}};
        REQUIRE(::utimensat(AT_FDCWD, store.state_path(upload).c_str(), at, 0) == 0);
    }
    store.set_limits({.max_complete = 1});
    store.restart();
    for (int i = 0; i < 3; ++i) CHECK(store.store->find(tokens[static_cast<std::size_t>(i)]) == nullptr);
    CHECK(store.store->find(tokens[3]) != nullptr);
}

TEST_CASE("upload store: a part that could not be taken back does not count, also after a restart", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    const std::string token = UploadStore::token(upload);
    store.append(upload, "right");
    store.sync(upload);
    store.append(upload, "wrong");
    store.store->move(upload, uploads::UploadEvent::taking_back_begun);
    store.store->put_off_taking_back(upload, 5);
    SECTION("at once") {}
    SECTION("after a restart") { store.restart(); }
    REQUIRE(store.store->find(token) != nullptr);
    CHECK(store.store->find(token)->phase() == uploads::UploadPhase::open);
    CHECK(store.store->find(token)->offset == 5);
    CHECK(store.site.directory.read(uploads::partial_name(store.store->find(token)->number)) == "right");
}

TEST_CASE("upload store: a move that cannot be ends the process, in every build", "[uploads]") {
    Store store;
    auto& upload = store.create("/a");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        ::signal(SIGABRT, SIG_DFL);
        store.store->move(upload, uploads::UploadEvent::taken_back);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
}
