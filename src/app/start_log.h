// What the operator should know about this start, in the error log. Called by serve once, when the site is there.
#pragma once

#include "app/encryption.h"
#include "app/options.h"
#include "app/sandbox.h"
#include "base/clock.h"
#include "server/access_log.h"
#include "server/audit_log.h"
#include "site/site.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"

namespace app {

struct Logs {
    server::AccessLog access;
    server::AuditLog audit;
    server::ErrorLog error;
};

/// Says what will not work, and how much memory the server may use. `root` is what is served.
void log_start(server::ErrorLog& log, const base::Clock& clock, const site::Site& site, const storage::DiskQueue& disk,
               const Options& options, const storage::FileRoot& root);

/// Says what the sandbox holds, and which rights of root stay.
void log_confinement(server::ErrorLog& log, const base::Clock& clock, const Options& options,
                     const Confinement& confinement);

/// Says what will go wrong when the logs are rotated.
void log_rotation_obstacles(Logs& logs, const base::Clock& clock);

}  // namespace app
