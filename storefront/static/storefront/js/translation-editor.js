/* wagtail-localize's editor says "Server error" whatever the answer to a save says. Here the words of a refusal
   ({detail}) reach it as the string's error, with what was typed, and the glossary's {warnings} as messages. */
const send = window.fetch;

const tell = (text, type) =>
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { text, type } }));

const refused = (typed, error) =>
  new Response(JSON.stringify({ data: typed, error, comment: "", last_translated_by: null }));

window.fetch = async (address, options = {}) => {
  const answer = await send(address, options);
  if (!["PUT", "DELETE"].includes(options.method) || !String(address).includes("/localize/translate/")) return answer;
  try {
    const { detail, warnings = [] } = await answer.clone().json();
    for (const warning of warnings) tell(warning, "warning");
    if (answer.ok || !detail) return answer;
    tell(detail, "error");
    return options.method === "PUT" ? refused(options.body.get("value"), detail) : answer;
  } catch {
    return answer; // no words in it
  }
};
