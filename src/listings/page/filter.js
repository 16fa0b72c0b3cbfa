// The box above a listing: while one types, only the rows are shown whose names fit; Enter sends its form, which searches
// the folders below. A word has to be in the name, one with * or ? has to fit all of it. Served as /.godwit/filter.js.
"use strict";

{
    const box = document.querySelector(".search input");
    const count = document.querySelector(".search output");
    let rows = null; // of the listing that is shown now, each with its name

    function readRows() {
        const links = document.querySelectorAll(".listing tbody tr:not(.up) .name a");
        return [...links].map((link) => ({ row: link.closest("tr"), name: link.textContent.replace(/.*\//s, "").toLowerCase() }));
    }

    function testOf(word) {
        if (!/[*?]/.test(word)) return (name) => name.includes(word);
        const source = word.replace(/[\\^$.+|()[\]{}]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".");
        const pattern = new RegExp(`^${source}$`, "su");
        return (name) => pattern.test(name);
    }

    function filter() {
        const tests = box.value.toLowerCase().split(/\s+/).filter(Boolean).map(testOf);
        rows ??= readRows();
        let shown = 0;
        for (const { row, name } of rows) {
            const fits = tests.every((test) => test(name));
            if (row.hidden === fits) row.hidden = !fits; // what stays as it is costs nothing
            if (fits) ++shown;
        }
        count.textContent = tests.length === 0 ? "" : `${shown} of ${rows.length} shown. Enter searches the folders below, too.`;
    }

    function filterAnew() {
        rows = null;
        if (box.value !== box.defaultValue) filter();
    }

    if (box) {
        box.addEventListener("input", filter);
        document.addEventListener("listing", filterAnew); // the listing was replaced
        window.addEventListener("pageshow", filterAnew); // browsers keep what was typed
    }
}
