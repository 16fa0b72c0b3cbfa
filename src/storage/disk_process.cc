// One message after the other, for as long as the server is there.
#include "storage/disk_process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <vector>

#include "base/call_filter.h"
#include "base/forked_process.h"
#include "base/message_line.h"
#include "storage/disk_step.h"

namespace storage {
namespace {

[[noreturn]] void run(pid_t server, int socket, ProcessCalls calls) {
    // A call that the disk holds up must not outlive the server: the next one could work on the same names.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::array<int, 1> kept{socket};
    if (::getppid() != server || !base::keep_only(kept)) ::_exit(1);
    base::leave_group("godwit-disk");
    using base::Calls;
    if (calls == ProcessCalls::needed) (void)base::keep_calls({Calls::library, Calls::disk});
    std::vector<char> room(kMostStepsBytes);
    while (answer_one(base::kFirstKept, room) == Answered::yes) {
    }
    ::_exit(0);
}

}  // namespace

bool start_disk_process(const base::Fd& socket, ProcessCalls calls) {
    const pid_t server = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) run(server, socket.get(), calls);
    return child > 0;
}

Answered answer_one(int socket, std::span<char> room) {
    std::vector<base::Fd> files;
    const ssize_t length = base::receive_message(socket, room, files);
    if (length <= 0) return Answered::server_gone;
    const auto steps = decode_steps(room.first(static_cast<std::size_t>(length)), files);
    std::vector<int> errors;
    if (steps) {
        errors.reserve(steps->size());
        for (const DiskStep& step : *steps) errors.push_back(carry_out(step));
        // A file is freed by whoever closes it last. The server says when it has closed its own descriptor.
        std::vector<base::Fd> none;
        const bool closes = !steps->empty() && steps->front().kind == DiskStep::Kind::close;
        if (closes && base::receive_message(socket, room, none) <= 0) return Answered::server_gone;
    }
    files.clear();
    return base::send_message(socket, encode(errors)) ? Answered::yes : Answered::server_gone;
}

}  // namespace storage
