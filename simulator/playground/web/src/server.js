// What is asked of the server. The address has the token behind its #, which is never sent
// anywhere but in the header of these requests.

export class Refusal extends Error {}

async function asked(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      ...options,
      headers: { ...options.headers, "X-Trailwright-Token": location.hash.slice(1) },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer: is trailwright serve still running?");
  }
  const body = await answer.json();
  if (!answer.ok) throw new Refusal(body.message);
  return body;
}

export const get = (path) => asked(path);

export const post = (path, wanted) =>
  asked(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wanted),
  });
