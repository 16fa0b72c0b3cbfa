// What somebody mistypes at the start, or has no right to: one sentence that says what was wrong, an exit status, and
// nothing is left behind. A case is a line of a table.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "e2e/site.h"

using support::Finished;
using support::run_command;

namespace {

constexpr int kCannot = 1;  ///< the machine does not let it
constexpr int kUsage = 2;   ///< it was asked for wrongly

struct Case {
    std::vector<std::string> words;  ///< behind the program; "DIR" is the directory that is served
    int status;
    std::string says;  ///< a part of the sentence
};

/// A directory to serve, with what is in the way of cases beside it.
class Place {
public:
    Place() {
        files_.write("served/a.txt", "a\n");
        files_.write("film.mp4", "film");
        files_.write("secret.txt", "secret");
        files_.write("notes", "not a number\n");
        files_.write("port.conf", "prot 80\n");
        files_.make_directory("private");
        for (const char* name : {"secret.txt", "private"}) ::chmod(files_.at(name).c_str(), 0700);
        for (const char* name : {"", "served"}) ::chmod(files_.at(name).c_str(), 0755);
        ::mkfifo(files_.at("pipe").c_str(), 0644);
    }

    [[nodiscard]] std::string at(const std::string& name) const { return files_.at(name); }
    [[nodiscard]] std::string served() const { return files_.at("served"); }

    void check(const Case& one, std::vector<std::string> program) const {
        for (const std::string& word : one.words) program.push_back(word == "DIR" ? served() : word);
        CAPTURE(one.words);
        const std::vector<std::string> before = files_.list();
        const Finished finished = run_command(program);
        CAPTURE(finished.errors);
        CHECK(finished.status == one.status);
        CHECK(finished.output.empty());
        CHECK(finished.errors.starts_with("godwit: "));
        CHECK(finished.errors.find(one.says) != std::string::npos);
        CHECK(std::ranges::count_if(finished.errors, [](unsigned char c) { return c < ' ' || c == 127; }) == 1);
        CHECK(finished.errors.ends_with('\n'));
        CHECK(files_.list() == before);
    }

    void check_all(const std::vector<Case>& cases) const {
        for (const Case& one : cases) check(one, {support::godwit_program()});
    }

private:
    support::TempDir files_;
};

}  // namespace

TEST_CASE("refusals: a wrong address or port", "[e2e][process]") {
    const Place place;
    const e2e::Site other;
    const std::string taken = std::to_string(other.server.port());
    place.check_all({
        {{"--bind", "files.example:8080", "DIR"}, kUsage, "of names only localhost is known"},
        {{"--bind", "999.1.1.1", "DIR"}, kUsage, "is not an address"},
        {{"--bind", "8080", "DIR"}, kUsage, "a port alone is :8080 or --port"},
        {{"--bind", "127.0.0.1:http", "DIR"}, kUsage, "ports are 0 to 65535"},
        {{"--bind", "", "DIR"}, kUsage, "an IPv4 or IPv6 address"},
        {{"--bind", "192.0.2.1:0", "DIR"}, kCannot, "not an address of this machine (0.0.0.0 is all that it has)"},
        {{"--bind", ":8080", "--bind", "127.0.0.1:8080", "DIR"}, kUsage, "leave one out"},
        {{"--bind", "\x1b[31m\n", "DIR"}, kUsage, "?[31m?"},
        {{"--port", "70000", "DIR"}, kUsage, "a port from 0 to 65535"},
        {{"--port", ":8080", "DIR"}, kUsage, "a port from 0 to 65535"},
        {{"-p", "junk", "DIR"}, kUsage, "--port does not take \"junk\""},
        {{"--port"}, kUsage, "--port needs a value"},
        {{"--port", taken, "DIR"}, kCannot, "port " + taken + " on 127.0.0.1 is already in use"},
        {{"--bind", "unix:" + place.at("film.mp4"), "DIR"}, kCannot, "no socket"},
        {{"--bind", "unix:" + place.at("left.sock"), "-b", "127.0.0.1:" + taken, "DIR"}, kCannot, "already in use"},
        {{"--bind", "unix:", "DIR"}, kUsage, "lacks the path"},
        {{"--admin", "0.0.0.0:9000", "DIR"}, kUsage, "others could reach it"},
    });
}

TEST_CASE("refusals: a place that cannot be served", "[e2e][process]") {
    const Place place;
    place.check_all({
        {{"-p", "0", "/nothing/here"}, kCannot, "/nothing/here: No such file or directory"},
        {{"-p", "0", place.at("film.mp4/x")}, kCannot, "Not a directory"},
        {{"-p", "0", place.at("pipe")}, kCannot, "neither a directory nor a file"},
        {{"-p", "0", "/nothing/\x1b[31m\n"}, kCannot, "/nothing/?[31m?"},
        {{"-p", "0", "--allow-all", place.at("film.mp4")}, kCannot, "writing needs a directory"},
        {{"-p", "0"}, kUsage, "name the directory to serve"},
        {{"-p", "0", ""}, kUsage, "name is empty"},
        {{"-p", "0", "DIR", place.at("private")}, kUsage, "two directories given"},
        {{"9080", "DIR"}, kUsage, "; a port is --port 9080"},
        {{":9080"}, kCannot, "; a port is --port 9080"},
        {{"http://127.0.0.1:9080/"}, kCannot, "; an address is --bind http://127.0.0.1:9080"},
        {{"passwd"}, kCannot, "; the command is godwit passwd FILE NAME"},
    });
}

TEST_CASE("refusals: options of other servers and mistyped ones", "[e2e][process]") {
    const Place place;
    place.check_all({
        {{"--host=0.0.0.0", "DIR"}, kUsage, "--bind ADDRESS"},
        {{"--listen=8080", "DIR"}, kUsage, "--bind ADDRESS"},
        {{"--auth=a:b", "DIR"}, kUsage, "--users FILE"},
        {{"--tls", "DIR"}, kUsage, "--tls-cert FILE"},
        {{"--cert=x", "DIR"}, kUsage, "--tls-cert FILE"},
        {{"--root=.", "DIR"}, kUsage, "--directory DIR"},
        {{"--document-root=.", "DIR"}, kUsage, "--directory DIR"},
        {{"--workers=4", "DIR"}, kUsage, "one thread"},
        {{"--prot=80", "DIR"}, kUsage, "did you mean --port?"},
        {{"--BIND=x", "DIR"}, kUsage, "did you mean --bind?"},
        {{"-port", "8080", "DIR"}, kUsage, "-port has one dash: it is --port"},
        {{"-version"}, kUsage, "it is --version"},
        {{"--allow", "DIR"}, kUsage, "it may be --allow-upload"},
        {{"--spa=yes", "DIR"}, kUsage, "takes no value"},
        {{"-x", "DIR"}, kUsage, "unknown option -x"},
        {{"--frobnicate", "DIR"}, kUsage, "see --help"},
    });
}

TEST_CASE("refusals: files that are not what an option needs", "[e2e][process]") {
    const Place place;
    place.check_all({
        {{"-c", "/nothing", "DIR"}, kUsage, "the configuration file /nothing"},
        {{"-c", place.at("port.conf"), "DIR"}, kUsage, "line 1: unknown option prot: did you mean port?"},
        {{"-p", "0", "--access-log", "/nothing/x", "DIR"}, kCannot, "cannot open the log /nothing/x"},
        {{"-p", "0", "--pidfile", place.at("new.pid"), "--error-log", "/nothing/x", "DIR"}, kCannot, "the log"},
        {{"-p", "0", "--pidfile", place.at("notes"), "DIR"}, kCannot, "choose another --pidfile"},
        {{"-p", "0", "--pidfile", place.served(), "DIR"}, kCannot, "cannot open the pid file"},
        {{"-p", "0", "--mime-types", "/nothing", "DIR"}, kCannot, "cannot read the media types in /nothing"},
        {{"-p", "0", "--users", "/nothing", "--grant", "/ + read", "DIR"}, kCannot, "the users file /nothing"},
        {{"-p", "0", "--user", "no-such-user", "DIR"}, kCannot, "--user: there is no user no-such-user"},
        {{"-b", "unix:" + place.at("s"), "--unix-owner", "no-such-user", "DIR"}, kCannot, "--unix-owner: there is no"},
        {{"-s", "stop", "--pidfile", "/nothing"}, kCannot, "no server is known by the pid file /nothing"},
    });
    CHECK(support::read_file(place.at("notes")) == "not a number\n");
}

TEST_CASE("refusals: what a user without rights asks for", "[e2e][process]") {
    const std::string setpriv = "/usr/bin/setpriv";
    if (::geteuid() != 0 || ::access(setpriv.c_str(), X_OK) != 0) return;
    const Place place;
    const support::TempDir readable;  // the folder of the build may be closed to others
    ::chmod(readable.path().c_str(), 0755);
    REQUIRE(run_command({"/bin/cp", support::godwit_program(), readable.at("godwit")}).status == 0);
    const std::vector<Case> cases = {
        {{"--port", "80", "DIR"}, kCannot, "ports below 1024 need root"},
        {{"-p", "0", place.at("private")}, kCannot, "private: Permission denied"},
        {{"-p", "0", place.at("secret.txt")}, kCannot, "cannot read the file to serve"},
        {{"-p", "0", "--user", "root", "DIR"}, kCannot, "only root can become another user"},
        {{"-p", "0", "--pidfile", place.at("private/pid"), "DIR"}, kCannot, "cannot open the pid file"},
        {{"-p", "0", "--access-log", place.at("private/log"), "DIR"}, kCannot, "cannot open the log"},
        {{"-c", place.at("secret.txt"), "DIR"}, kUsage, "Permission denied"},
        {{"--bind", "unix:" + place.at("private/s"), "DIR"}, kCannot, "no permission to make the socket"},
    };
    for (const Case& one : cases) {
        place.check(one, {setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", readable.at("godwit")});
    }
}
