export const mark = (page) => page.documentElement.classList.add("ready");
