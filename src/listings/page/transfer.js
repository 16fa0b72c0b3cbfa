// One file on its way: its states, its row on the page, and the requests that send it. The second part of upload.js.

// What to do with a file whose name is taken: "replace", or anything else to leave it. Asked one after the other, so that
// an answer for all counts for those that wait.
const conflicts = {
    forAll: "",
    last: Promise.resolve(),
    ask(path) {
        this.last = this.last.then(async () => {
            if (this.forAll) return this.forAll;
            const choices = [["Skip", "skip"], ["Replace", "replace", "main"]];
            const { value, ticked } = await ask(`“${path}” is already here. Replace it?`, choices, "Do the same for the others");
            if (ticked) this.forAll = value;
            return value;
        });
        return this.last;
    },
};

// Sending the same file to the same place again gets the same answer.
const hopeless = [400, 403, 405, 413, 414, 415];

class Transfer {
    constructor(file, path) {
        this.file = file;
        this.setPath(path);
        this.replace = false;
        this.sent = 0;
        this.bar = create("progress", { max: Math.max(file.size, 1), value: 0, ariaLabel: path });
        this.stateLine = create("p", { className: "state" });
        this.actions = create("div", { className: "actions" });
        this.row = create("li", {}, [create("span", { className: "file", textContent: path }), this.bar, this.stateLine, this.actions]);
        this.show("waiting", "Waiting");
    }

    get isOpen() {
        return ["waiting", "sending", "paused"].includes(this.state);
    }

    show(state, text) {
        if (state !== this.state) {
            this.state = state;
            this.row.className = state;
            const cancel = button("Cancel", () => this.cancel());
            const again = button(state === "paused" ? "Retry now" : "Retry", () => this.retry());
            this.actions.replaceChildren(...({ stored: [], paused: [again, cancel], failed: [again], cancelled: [again], refused: [] }[state] ?? [cancel]));
        }
        this.bar.hidden = !["sending", "paused"].includes(state);
        this.stateLine.textContent = text;
    }

    showSent(bytes) {
        if (bytes > this.sent) this.retryMs = firstRetryMs;
        this.sent = bytes;
        this.bar.value = bytes;
        const seconds = (performance.now() - this.startedMs) / 1000;
        const rate = seconds > 1 ? ` · ${sizeText((bytes - this.startedAt) / seconds)}/s` : "";
        const text = bytes < this.file.size ? `${sizeText(bytes)} of ${sizeText(this.file.size)}${rate}` : "Storing";
        this.show("sending", text);
    }

    // Until the file is stored, refused or cancelled; a lost connection is waited for.
    async run() {
        this.abort = new AbortController();
        this.retryMs = firstRetryMs;
        for (;;) {
            try {
                this.startedMs = performance.now();
                this.startedAt = this.sent;
                this.showSent(this.sent);
                await this.attempt();
                this.show("stored", `Stored, ${sizeText(this.file.size)}`);
                return;
            } catch (error) {
                if (!(await this.goesOnAfter(error))) return;
            }
        }
    }

    setPath(path) {
        this.path = path;
        this.url = new URL(path.split("/").map(encodeName).join("/"), folder);
        this.key = memory.key(this.url, this.file);
    }

    async goesOnAfter(error) {
        if (error instanceof Lost && (await this.isReadable())) {
            await this.pause(error.message);
            return !this.abort.signal.aborted;
        }
        if (error instanceof Refused && (error.status === 412 || (await this.isKeptContent(error)))) return this.resolveConflict();
        if (error instanceof Cancelled) this.show("cancelled", "Cancelled");
        else if (error instanceof Lost) this.show("failed", "Not stored: the file was changed or removed meanwhile");
        else this.show(error instanceof Refused && hopeless.includes(error.status) ? "refused" : "failed", `Not stored: ${error.message}`);
        return false;
    }

    // A browser does not read a file that changed after it was chosen; to a request that looks like a lost connection.
    isReadable() {
        return this.file.slice(0, 1).arrayBuffer().then(() => true, () => false);
    }

    async pause(reason) {
        const resumed = this.file.size >= resumableBytes && "resumable" in uploadForm.dataset;
        this.show("paused", `${resumed ? "Interrupted" : "Not sent"}: ${reason}. Trying again in ${Math.round(this.retryMs / 1000)} s.`);
        await new Promise((resolve) => {
            this.wake = resolve;
            setTimeout(resolve, this.retryMs);
            window.addEventListener("online", resolve, { once: true });
            this.abort.signal.addEventListener("abort", resolve, { once: true });
        });
        this.retryMs = Math.min(2 * this.retryMs, lastRetryMs);
        if (this.abort.signal.aborted) this.show("cancelled", "Cancelled");
    }

    // Where nothing is replaced a taken name is 403, but not every 403 is about one.
    async isKeptContent(error) {
        if (error.status !== 403 || "replaces" in uploadForm.dataset) return false;
        return request("HEAD", this.url).then((answer) => answer.status === 200, () => false);
    }

    // The file that is there stays.
    takeOtherName() {
        const name = window.prompt(`“${this.path}” is already here and stays. Another name for the new file:`, this.path);
        if (!name || name === this.path) {
            this.show("cancelled", "Skipped: there is a file of that name");
            return false;
        }
        this.setPath(name);
        this.row.querySelector(".file").textContent = name;
        return true;
    }

    async resolveConflict() {
        this.sent = 0;
        this.show("waiting", "There is a file of that name");
        if (!("replaces" in uploadForm.dataset)) return this.takeOtherName();
        this.replace = (await conflicts.ask(this.path)) === "replace";
        if (!this.replace) this.show("cancelled", "Skipped: there is a file of that name");
        return this.replace;
    }

    async attempt() {
        const isResumable = "resumable" in uploadForm.dataset && this.file.size >= resumableBytes;
        if (!isResumable) return this.sendWhole();
        const known = memory.read(this.key);
        const there = known ? await this.findProgress(known.location) : null;
        if (!there) return this.sendSlices(await this.createUpload(), 0);
        if (there.isComplete) return memory.forget(this.key); // only the answer was lost
        return this.sendSlices(known.location, there.offset);
    }

    conditions() {
        // A drop box finds a free name by itself, and looks at no conditions.
        return this.replace || "drops" in uploadForm.dataset ? {} : { "If-None-Match": "*" };
    }

    sendWhole() {
        return requestSuccess("PUT", this.url, {
            fields: this.conditions(),
            body: this.file,
            onProgress: (bytes) => this.showSent(bytes),
            signal: this.abort.signal,
        });
    }

    // The upload resource's address. Its creation carries no bytes: scripts do not see the 104 that would tell it early.
    async createUpload() {
        const answer = await requestSuccess("PUT", this.url, {
            fields: { ...draftFields, ...this.conditions(), "Upload-Complete": "?0", "Upload-Length": String(this.file.size) },
            signal: this.abort.signal,
        });
        const address = answer.field("Location");
        memory.write(this.key, { location: address, name: this.path, size: this.file.size });
        return address;
    }

    // How far the upload came; null: it is not known any more.
    async findProgress(address) {
        const answer = await request("HEAD", address, { fields: draftFields, signal: this.abort.signal });
        if (answer.status >= 500) throw new Lost("the server is not ready");
        // What has arrived stays until the user signs in again.
        if (answer.status === 401) throw new Refused(answer);
        const offset = Number(answer.field("Upload-Offset") ?? NaN);
        const isComplete = answer.field("Upload-Complete") === "?1";
        if (answer.status < 300 && (isComplete || offset <= this.file.size)) return { offset, isComplete };
        memory.forget(this.key);
        return null;
    }

    async sendSlices(address, offset) {
        this.startedAt = offset;
        for (;;) {
            const begin = offset;
            const end = Math.min(begin + sliceBytes, this.file.size);
            const isLast = end === this.file.size;
            this.showSent(begin);
            try {
                await requestSuccess("PATCH", address, {
                    fields: {
                        ...draftFields,
                        "Content-Type": "application/partial-upload",
                        "Upload-Offset": String(begin),
                        "Upload-Complete": isLast ? "?1" : "?0",
                    },
                    body: this.file.slice(begin, end),
                    onProgress: (bytes) => this.showSent(begin + bytes),
                    signal: this.abort.signal,
                });
            } catch (error) {
                // 409: another offset is right; 404 and 410: it expired. The next attempt asks.
                if (error instanceof Refused && [404, 409, 410].includes(error.status)) throw new Lost(error.message);
                if (error instanceof Refused && error.status !== 401) memory.forget(this.key);
                throw error;
            }
            offset = end;
            if (isLast) return memory.forget(this.key);
        }
    }

    cancel() {
        this.abort?.abort();
        this.show("cancelled", "Cancelled");
        const known = memory.read(this.key);
        memory.forget(this.key);
        this.sent = 0;
        if (known) discard(known.location);
    }

    retry() {
        if (this.state === "paused") return this.wake();
        this.show("waiting", "Waiting");
        startWaiting();
    }
}

function discard(address) {
    request("DELETE", address, { fields: draftFields }).catch(() => {}); // else it expires
}
