// Feeds a fuzz target with every file of its regression corpus, every beginning of each, and each with single bytes
// changed: a small, repeatable stand-in for the fuzzer that runs as a normal test.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/fuzz_target.h"

namespace {

namespace fs = std::filesystem;

/// Enough to reach every branch of a parser from an input that is near it.
constexpr char kReplacements[] = {'\0', '\r', '\n', ' ', '\t', ':', ';',    ',',   '"',
                                  '\\', '%',  '/',  '0', '9',  'a', '\x7f', '\xff'};
constexpr std::size_t kMutatedBytes = 600;
/// Of inputs that are long because a limit is: each run costs more, and the beginning says what they are.
constexpr std::size_t kLongInputBytes = 4096;
constexpr std::size_t kMutatedBytesOfLong = 40;

unsigned long feed(const std::string& input) {
    // A copy of exactly this length: the sanitizer sees a read beyond it.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    return 1;
}

unsigned long feed_around(const std::string& input) {
    unsigned long runs = feed(input);
    const std::size_t reach =
        input.size() > kLongInputBytes ? kMutatedBytesOfLong : std::min(input.size(), kMutatedBytes);
    for (std::size_t i = 0; i < reach; ++i) {
        runs += feed(input.substr(0, i));
        for (const char replacement : kReplacements) {
            std::string changed = input;
            changed[i] = replacement;
            runs += feed(changed);
        }
        runs += feed(input.substr(0, i) + input.substr(i + 1));
        runs += feed(input.substr(0, i + 1) + input.substr(i));
    }
    return runs;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned long runs = 0;
    for (int i = 1; i < argc; ++i) {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(argv[i])) files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) {
            std::ifstream in(file, std::ios::binary);
            runs += feed_around({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
        }
    }
    std::printf("%lu inputs\n", runs);
    return runs > 0 ? 0 : 1;
}
