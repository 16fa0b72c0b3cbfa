// Runs wire cases against a server that is already running, godwit or another: prints who passes what.
//   wire_runner --make-site DIR             writes the files that the cases speak of; serve DIR with writing allowed
//   wire_runner PORT DIR FILE.txt...        runs the cases; exit status 1 when one fails
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "support/wire_case.h"

namespace {

bool run_case(const support::WireCase& wire_case, const support::WireSite& site, std::uint16_t port,
              const std::string& file) {
    bool passed = true;
    for (const support::WireCut cut : wire_case.cuts) {
        const auto outcome = support::run_wire_case(wire_case, site, port, cut);
        const char* const label = cut == support::WireCut::whole ? "whole" : "bytewise";
        if (!outcome.failures.empty()) {
            std::printf("FAILED %s:%d %s\n", file.c_str(), wire_case.line, wire_case.name.c_str());
            passed = false;
        }
        for (const auto& failure : outcome.failures) std::printf("    %s: %s\n", label, failure.c_str());
    }
    return passed;
}

int run_files(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    const support::WireSite site(argv[2]);
    int passed = 0;
    int failed = 0;
    for (int i = 3; i < argc; ++i) {
        for (const auto& wire_case : support::read_wire_cases(argv[i])) {
            ++(run_case(wire_case, site, port, argv[i]) ? passed : failed);
        }
    }
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3 && std::string(argv[1]) == "--make-site") {
            support::WireSite(argv[2]).restore();
            return 0;
        }
        if (argc >= 4) return run_files(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::fprintf(stderr, "usage: wire_runner --make-site DIR | wire_runner PORT DIR FILE.txt...\n");
    return 2;
}
