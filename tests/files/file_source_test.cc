// A file, or bytes in memory, compressed while it is sent.
#include "files/file_source.h"

#include <fcntl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/open_file.h"
#include "support/catch.h"
#include "support/scripted_file.h"
#include "support/served_tree.h"

using Outcome = http::BodySource::Outcome;

namespace {

/// What was compressed, and whether all of it was.
struct Kept {
    std::string bytes;
    bool complete = false;
};

class CountingKeeper final : public files::CompressingSource::Keeper {
public:
    explicit CountingKeeper(Kept& kept) : kept_(kept) {}
    void append(std::span<const std::byte> coded) override {
        kept_.bytes.append(reinterpret_cast<const char*>(coded.data()), coded.size());
    }
    void complete() override { kept_.complete = true; }

private:
    Kept& kept_;
};

struct Compressing {
    explicit Compressing(std::string text) : content(std::move(text)) { tree.write("f", content); }

    std::shared_ptr<const storage::OpenFile> open() {
        base::Fd descriptor(::open(tree.at("f").c_str(), O_RDONLY | O_CLOEXEC));
        return std::make_shared<const storage::OpenFile>(std::move(descriptor), tree.status("f"), clock);
    }
    files::CompressingSource of_file() {
        return {open(), {}, content.size(), media::DeflateEncoder::Format::gzip, 6, keeper()};
    }
    files::CompressingSource of_memory() {
        const http::Blob blob{nullptr, std::as_bytes(std::span(content))};
        return {nullptr, blob, content.size(), media::DeflateEncoder::Format::gzip, 6, keeper()};
    }
    std::unique_ptr<CountingKeeper> keeper() { return std::make_unique<CountingKeeper>(kept); }
    /// Everything that is pulled; nullopt after a failure.
    static std::optional<std::string> pull_all(files::CompressingSource& source) {
        std::vector<std::byte> room(1024);
        std::string text;
        for (;;) {
            const auto pulled = source.pull(room);
            if (pulled.outcome == Outcome::failed) return std::nullopt;
            text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
            if (pulled.outcome == Outcome::finished) return text;
        }
    }
    [[nodiscard]] std::string whole() const {
        const auto coded = media::encode_whole(media::DeflateEncoder::Format::gzip, 6,
                                               std::as_bytes(std::span(content)), content.size() + 1000);
        return {reinterpret_cast<const char*>(coded->data()), coded->size()};
    }

    std::string content;
    ServedTree tree;
    FakeClock clock = settled_clock();
    Kept kept;
};

}  // namespace

TEST_CASE("compressing source: a file and its bytes in memory give the same coded bytes", "[files][coding]") {
    Compressing compressing(support::noise(100'000) + std::string(200'000, 'a'));
    auto file = compressing.of_file();
    CHECK(Compressing::pull_all(file) == compressing.whole());
    CHECK(compressing.kept.complete);
    CHECK(compressing.kept.bytes == compressing.whole());
    compressing.kept = {};
    auto memory = compressing.of_memory();
    CHECK(Compressing::pull_all(memory) == compressing.whole());
    CHECK(compressing.kept.complete);
}

TEST_CASE("compressing source: empty content is a whole coded form", "[files][coding]") {
    Compressing compressing("");
    auto source = compressing.of_memory();
    CHECK(Compressing::pull_all(source) == compressing.whole());
}

TEST_CASE("compressing source: a file that became shorter fails, and nothing is kept", "[files][coding]") {
    Compressing compressing(std::string(300'000, 'a'));
    auto source = compressing.of_file();
    std::vector<std::byte> room(1024);
    REQUIRE(source.pull(room).outcome == Outcome::produced);
    REQUIRE(::truncate(compressing.tree.at("f").c_str(), 1'000) == 0);
    CHECK_FALSE(Compressing::pull_all(source).has_value());
    CHECK_FALSE(compressing.kept.complete);
}

TEST_CASE("compressing source: a file that was written to fails at its end", "[files][coding]") {
    Compressing compressing(std::string(10'000, 'a'));
    auto source = compressing.of_file();
    compressing.tree.write("f", std::string(10'000, 'b'));
    CHECK_FALSE(Compressing::pull_all(source).has_value());
    CHECK_FALSE(compressing.kept.complete);
}

TEST_CASE("compressing source: while the disk has not read on, it waits for the wake", "[files][coding]") {
    constexpr std::uint64_t kWindow = http::ReadAhead::kWindowBytes;
    Compressing compressing(support::noise(kWindow + 100'000));
    const auto file = std::make_shared<support::ScriptedFile>(compressing.content);
    file->in_memory = false;
    files::CompressingSource source(file, {}, compressing.content.size(), media::DeflateEncoder::Format::gzip, 6,
                                    compressing.keeper());
    source.wake_with(7);
    std::vector<std::byte> room(16 * 1024);
    const auto pulled = source.pull(room);
    CHECK(pulled.outcome == Outcome::waiting);
    CHECK(pulled.bytes == 0);
    CHECK(source.pull(room).outcome == Outcome::waiting);
    CHECK(file->last_wake == 7);
    CHECK(file->asked.size() == 1);

    file->arrive();
    auto outcome = Outcome::produced;
    while (outcome == Outcome::produced) outcome = source.pull(room).outcome;
    CHECK(outcome == Outcome::waiting);  // behind what has come
    file->arrive();
    while ((outcome = source.pull(room).outcome) == Outcome::produced) continue;
    CHECK(outcome == Outcome::finished);
    CHECK(compressing.kept.bytes == compressing.whole());
}

TEST_CASE("compressing source: another wake asks the disk again, and no wake waits in the pull", "[files][coding]") {
    Compressing compressing(support::noise(100'000));
    const auto file = std::make_shared<support::ScriptedFile>(compressing.content);
    file->in_memory = false;
    files::CompressingSource source(file, {}, compressing.content.size(), media::DeflateEncoder::Format::gzip, 6,
                                    compressing.keeper());
    std::vector<std::byte> room(16 * 1024);
    source.wake_with(7);
    REQUIRE(source.pull(room).outcome == Outcome::waiting);
    source.wake_with(8);
    REQUIRE(source.pull(room).outcome == Outcome::waiting);
    CHECK(file->last_wake == 8);
    CHECK(file->asked.size() == 2);

    files::CompressingSource alone(file, {}, compressing.content.size(), media::DeflateEncoder::Format::gzip, 6,
                                   compressing.keeper());
    CHECK(Compressing::pull_all(alone) == compressing.whole());
}
