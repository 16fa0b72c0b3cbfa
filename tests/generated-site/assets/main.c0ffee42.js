import { mark } from "./chunk.d34db33f.js";
mark(document);
