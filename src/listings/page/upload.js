// The page: where files come from, the forms, the listing kept up to date. The last part of upload.js.

// ---- All transfers of this page

const transfers = [];

function startWaiting() {
    for (const transfer of transfers) {
        if (transfers.filter((other) => other.isRunning).length >= transfersAtOnce) return;
        if (transfer.state !== "waiting" || transfer.isRunning) continue;
        transfer.isRunning = true;
        transfer.run().finally(() => {
            transfer.isRunning = false;
            startWaiting();
            showOutcome();
        });
    }
}

function showOutcome() {
    refreshListing();
    if (transfers.some((transfer) => transfer.isOpen)) return say("");
    conflicts.forAll = "";
    const stored = transfers.filter((transfer) => transfer.state === "stored").length;
    say(`${stored} of ${transfers.length} ${transfers.length === 1 ? "file" : "files"} stored.`);
}

function addFile(file, path) {
    const transfer = new Transfer(file, path);
    if (transfers.some((other) => other.isOpen && other.key === transfer.key)) return; // dropped twice
    unfinishedRows.get(transfer.key)?.remove();
    transfers.push(transfer);
    listOfTransfers.append(transfer.row);
    startWaiting();
}

// The files of a dropped entry; those of a folder with their path below it.
async function addEntry(entry, path) {
    if (entry.isFile) return addFile(await new Promise((resolve, reject) => entry.file(resolve, reject)), path);
    const reader = entry.createReader();
    for (;;) {
        const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (batch.length === 0) return;
        for (const child of batch) await addEntry(child, `${path}/${child.name}`);
    }
}

// Uploads of this folder that an earlier visit left unfinished: their file must be chosen anew, a script cannot open it.
const unfinishedRows = new Map();
async function showUnfinished() {
    for (const key of memory.keysOfFolder()) {
        const known = memory.read(key);
        const answer = await request("HEAD", known.location, { fields: draftFields }).catch(() => null);
        if (transfers.some((transfer) => transfer.key === key)) continue;
        if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 401) memory.forget(key);
        if (!answer || answer.status >= 300) continue;
        const received = `${sizeText(Number(answer.field("Upload-Offset")))} of ${sizeText(known.size)}`;
        const row = create("li", { className: "unfinished" }, [
            create("span", { className: "file", textContent: known.name }),
            create("p", { className: "state", textContent: `Unfinished, ${received}. Choose the file again to go on.` }),
            create("div", { className: "actions" }, [button("Discard", () => {
                memory.forget(key);
                discard(known.location);
                row.remove();
            })]),
        ]);
        unfinishedRows.set(key, row);
        listOfTransfers.append(row);
    }
}

// ---- The page

// The listing as it is now, in place of the one that is shown.
let lastRefresh = 0;
async function refreshListing() {
    const turn = ++lastRefresh;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-cache" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== lastRefresh) return; // a later one is on its way
    for (const part of [".listing", ".summary"]) {
        const fresh = page.querySelector(part);
        if (fresh) document.querySelector(part).replaceWith(document.adoptNode(fresh));
    }
    document.dispatchEvent(new Event("listing"));
}

async function changeEntry(method, url, whenDone, fields = {}) {
    try {
        await requestSuccess(method, url, { fields });
        say(whenDone);
        refreshListing();
        return true;
    } catch (error) {
        say(`Couldn’t do that: ${error.message}`);
        return false;
    }
}

// The question that the form would open below the name, as a dialog.
async function deleteEntry(row) {
    const link = row.querySelector(".name a");
    const isFolder = row.classList.contains("folder");
    const { value } = await ask(`Delete “${link.textContent}”${isFolder ? " and everything in it" : ""}?`, [["Cancel", ""], ["Delete", "delete", "danger"]]);
    if (value === "delete") changeEntry("DELETE", link.href, `Deleted “${link.textContent}”.`, isFolder ? { Depth: "infinity" } : {});
}

document.addEventListener("click", (event) => {
    const summary = event.target.closest(".erase .delete summary");
    if (!summary) return;
    event.preventDefault();
    deleteEntry(summary.closest("tr"));
});

folderForm?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = folderForm.elements.name.value;
    if (await changeEntry("MKCOL", new URL(`${encodeName(name)}/`, folder), `Created the folder “${name}”.`)) folderForm.reset();
});

function takeFiles() {
    const input = uploadForm.elements.file;
    document.documentElement.classList.add("scripted");
    uploadForm.querySelector(".hint").hidden = false;
    uploadForm.querySelector("button").hidden = true; // what is chosen is sent at once
    input.addEventListener("change", () => {
        for (const file of input.files) addFile(file, file.name);
        input.value = ""; // so that the same file can be chosen again
    });
    uploadForm.addEventListener("submit", (event) => event.preventDefault());
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    const showDropping = (isDropping) => document.documentElement.classList.toggle("dropping", isDropping);
    document.addEventListener("dragover", (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        showDropping(true);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? showDropping(false));
    document.addEventListener("drop", async (event) => {
        showDropping(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
        // Both must be taken before the first wait: afterwards the items are empty.
        const dropped = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
        for (const { entry, file } of dropped) {
            if (entry?.isDirectory) await addEntry(entry, entry.name).catch((error) => say(`A folder could not be read: ${error.message}`));
            else if (file) addFile(file, file.name);
        }
    });
    window.addEventListener("beforeunload", (event) => {
        if (transfers.some((transfer) => transfer.isOpen)) event.preventDefault();
    });
    showUnfinished();
}

if (uploadForm) takeFiles();
