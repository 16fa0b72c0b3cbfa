// What the crash tests share: the lives of a server that is killed, and those who send to it meanwhile.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/raw_client.h"
#include "support/server_process.h"
#include "support/temp_dir.h"

namespace crash {

/// Calls `step` with one client until it says false or the server is gone.
template <typename Step>
void work(std::uint16_t port, const Step& step) {
    try {
        support::RawClient client(port);
        while (step(client)) continue;
    } catch (const std::exception&) {
        return;  // the connection was refused: the server is dead already
    }
}

/// A server on `root` that is killed at a random moment within `most_ms`, while each of `workers` runs in a thread of
/// its own.
template <typename Workers>
void one_life(const support::TempDir& root, Workers& workers, std::minstd_rand& random, unsigned most_ms) {
    support::ServerProcess server({.directory = root.path()});
    std::vector<std::thread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker, &server] { worker.run(server.port()); });
    support::pause_ms(static_cast<int>(random() % most_ms));
    server.kill();
    for (std::thread& thread : threads) thread.join();
}

/// Lives and checks in turn. False when `check` says what is wrong after a kill; that is printed.
template <typename Life, typename Check>
bool survives(int kills, const Life& life, const Check& check) {
    for (int kill = 1; kill <= kills; ++kill) {
        life();
        if (const std::string fault = check(); !fault.empty()) {
            std::printf("after kill %d: %s\n", kill, fault.c_str());
            return false;
        }
    }
    return true;
}

/// main() of a test with the arguments [KILLS [SEED]].
template <typename Test>
int run(int argc, char** argv, int usual_kills) {
    const int kills = argc > 1 ? std::atoi(argv[1]) : usual_kills;
    const unsigned seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device()();
    std::printf("seed %u\n", seed);
    try {
        return Test(seed).run(kills) ? 0 : 1;
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        return 1;
    }
}

}  // namespace crash
