// Uploads from a listing: files dropped on the page or chosen, each with its progress, cancelled, tried again, and
// resumed where it stopped when the connection, the server or the page was gone. Creates folders and deletes entries
// without leaving the page. Served as /.godwit/upload.js; without it the page's forms do the same, one step at a time.
//
// A large file is sent by the resumable uploads of the IETF draft: a PUT with `Upload-Complete: ?0` creates an upload
// resource, PATCH appends slices to it, HEAD tells how much is there. Its address is kept in localStorage.
"use strict";

const draftFields = { "Upload-Draft-Interop-Version": "8" };
const sliceBytes = 32 * 1024 * 1024; // of one PATCH: proxies often bound a request
const resumableBytes = 1024 * 1024; // below that starting again costs less than two more requests
const transfersAtOnce = 2;
const firstRetryMs = 1000;
const lastRetryMs = 15000;

const folder = new URL("./", location.href);
const uploadForm = document.querySelector("#upload");
const folderForm = document.querySelector("#mkcol");
const listOfTransfers = document.querySelector("#transfers");
const notice = document.querySelector("#notice");

// What a request can come to besides an answer.
class Cancelled extends Error {}
class Lost extends Error {} // no answer, or one that says to try later
class Refused extends Error {
    constructor(answer) {
        super(answer.sentence);
        this.status = answer.status;
    }
}

// ---- Requests

// XMLHttpRequest, since fetch does not tell how much of a body has gone out.
function request(method, url, { fields = {}, body = null, onProgress = null, signal = null } = {}) {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new Cancelled());
        const exchange = new XMLHttpRequest();
        exchange.open(method, url);
        exchange.setRequestHeader("Accept", "text/plain");
        for (const [name, value] of Object.entries(fields)) exchange.setRequestHeader(name, value);
        if (onProgress) exchange.upload.onprogress = (event) => onProgress(event.loaded);
        exchange.onload = () => resolve({
            status: exchange.status,
            field: (name) => exchange.getResponseHeader(name),
            // "409 Conflict: the directory is not empty." without what only programs care for
            sentence: exchange.responseText.trim().replace(/^\d{3} [^:]*: /, "") || `the server answered ${exchange.status}.`,
        });
        exchange.onerror = () => reject(new Lost("the server does not answer"));
        exchange.onabort = () => reject(new Cancelled());
        signal?.addEventListener("abort", () => exchange.abort(), { once: true });
        exchange.send(body);
    });
}

// The answer when it is a success.
async function requestSuccess(method, url, options) {
    const answer = await request(method, url, options);
    if (answer.status < 300) return answer;
    if ([500, 502, 503, 504].includes(answer.status)) throw new Lost(answer.sentence);
    throw new Refused(answer);
}

const encodeName = (name) => encodeURIComponent(name.toWellFormed?.() ?? name);

// ---- What is remembered of unfinished uploads: under their file's path, size and time, where they are

const memoryPrefix = "godwit upload ";

const memory = {
    key: (url, file) => `${memoryPrefix}${url.pathname} ${file.size} ${file.lastModified}`,
    read(key) {
        try {
            return JSON.parse(localStorage.getItem(key));
        } catch {
            return null; // storage is off, or somebody else wrote there
        }
    },
    write(key, value) {
        try {
            localStorage.setItem(key, JSON.stringify(value));
        } catch {
            // Without storage an upload still survives a lost connection, though not a reload.
        }
    },
    forget(key) {
        try {
            localStorage.removeItem(key);
        } catch {
            // nothing was kept
        }
    },
    keysOfFolder() {
        try {
            return Object.keys(localStorage).filter((key) => key.startsWith(memoryPrefix + folder.pathname));
        } catch {
            return [];
        }
    },
};

// ---- Texts and elements

function sizeText(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (bytes >= 1024 && unit + 1 < units.length) {
        bytes /= 1024;
        ++unit;
    }
    return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}

function create(tag, properties = {}, children = []) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
}

const button = (label, onclick, className = "small") => create("button", { type: "button", textContent: label, onclick, className });

const say = (text) => (notice.textContent = text);

// Resolves to the chosen button's value, "" for Escape, and whether the box was ticked.
function ask(text, choices, boxLabel = "") {
    return new Promise((resolve) => {
        const box = create("input", { type: "checkbox" });
        const buttons = choices.map(([label, value, className = ""]) => create("button", { value, textContent: label, className }));
        const form = create("form", { method: "dialog" }, [
            create("p", { textContent: text }),
            ...(boxLabel ? [create("label", {}, [box, boxLabel])] : []),
            create("div", {}, buttons),
        ]);
        const dialog = create("dialog", { ariaLabel: text }, [form]);
        dialog.onclose = () => {
            dialog.remove();
            resolve({ value: dialog.returnValue, ticked: box.checked });
        };
        document.body.append(dialog);
        dialog.showModal();
    });
}
