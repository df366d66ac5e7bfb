// node unfurl.cjs ADDRESS: what unfurl.js reads there, as JSON. NODE_PATH says where it is.
const { unfurl } = require("unfurl.js");
unfurl(process.argv[2]).then(
  (found) => console.log(JSON.stringify(found)),
  (problem) => { console.error(problem); process.exit(1); },
);
