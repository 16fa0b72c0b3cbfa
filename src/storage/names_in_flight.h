// The names that uploads are taking over aside, see DiskQueue::name_later(). Until the kernel has made those calls nobody
// else in this process may judge what has such a name: of two uploads under the same condition one has to meet the
// other's file. Filled by FileCommit, asked by FileCommit and FileRemoval.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "storage/directory_id.h"
#include "storage/disk_queue.h"

namespace storage {

class NamesInFlight {
    struct Key {
        DirectoryId directory;
        std::string name;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    struct Name {
        enum class State : std::uint8_t { held, handed_on } state = State::held;
        std::deque<http::Wake> waiting;  ///< until it is their turn, each once
    };
    using Names = std::map<Key, Name>;

public:
    /// Holds one name as long as it lives; then wakes who waited longest for it. Waking all would be work that grows with
    /// the square of their number.
    class Hold {
    public:
        Hold(Hold&& other) noexcept;
        Hold& operator=(Hold&& other) noexcept;
        ~Hold() { release(); }

    private:
        friend class NamesInFlight;
        Hold(Names& names, Names::iterator held, DiskQueue& disk) : names_(&names), held_(held), disk_(&disk) {}
        void release();

        Names* names_;  ///< null: moved from
        Names::iterator held_;
        DiskQueue* disk_;
    };

    /// Takes `name` in the open `directory`; this and `disk` must outlive the hold. nullopt: another write has it, and
    /// `wake` comes back through `disk` when it is its turn. Who was woken takes the name, whatever it finds there then:
    /// those behind are woken when it lets go.
    [[nodiscard]] std::optional<Hold> take(int directory, const std::string& name, DiskQueue& disk, http::Wake wake);

private:
    Names names_;
};

}  // namespace storage
