// Scores the baskets that come in as JSON on stdin: [{lines, rules, digits}, …]; for comparing with Python's answers.
import {readFileSync} from "node:fs";

const path = "../../loyalty_club_pos/static/src/app/club/rules/earn.js";
const source = readFileSync(new URL(path, import.meta.url));
const {previewEarn} = await import(`data:text/javascript;base64,${source.toString("base64")}`);
const baskets = JSON.parse(readFileSync(0, "utf-8"));
const answers = baskets.map(({lines, rules, digits}) => previewEarn(lines, rules, digits));
process.stdout.write(JSON.stringify(answers));
