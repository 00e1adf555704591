// The clinic's own site, as its developer would write it: a client made from the API's document. Here its token lies in the
// browser, because the sandbox gives one to anybody; a real site keeps it on its server.

import createClient from "openapi-fetch";

import type { components, paths } from "./schema";

export type ConversationState = components["schemas"]["ConversationState"];
type Problem = components["schemas"]["ProblemBody"];

/** What to say of a refusal. */
function said(problem: unknown): string {
  return (problem as Problem | undefined)?.detail ?? "The clinic does not answer. Please try again.";
}

export class Site {
  private readonly client;
  private constructor(private readonly token: string) {
    this.client = createClient<paths>({ baseUrl: "/", headers: { authorization: `Bearer ${token}` } });
  }

  static async open(): Promise<Site> {
    const answer = await fetch("/sandbox/token", { method: "POST" });
    if (!answer.ok) throw new Error("The sandbox gave no token.");
    return new Site(((await answer.json()) as { token: string }).token);
  }

  async start(): Promise<ConversationState> {
    const { data, error } = await this.client.POST("/conversations/start", { body: {} });
    if (!data) throw new Error(said(error));
    return data.state;
  }

  /** Sent again after a failure it is still said once: the key stays the same. */
  async say(conversation: string, text: string, key: string): Promise<ConversationState> {
    const { data, error } = await this.client.POST("/conversations/message", {
      params: { header: { "Idempotency-Key": key } },
      body: { conversation_id: conversation, text },
    });
    if (!data) throw new Error(said(error));
    return data.state;
  }

  async state(conversation: string): Promise<ConversationState> {
    const { data, error } = await this.client.GET("/conversations/{id}/state", { params: { path: { id: conversation } } });
    if (!data) throw new Error(said(error));
    return data;
  }

  /** Calls back each time the conversation changed, until it is stopped. */
  async follow(conversation: string, changed: () => void, stop: AbortSignal): Promise<void> {
    const answer = await fetch(`/conversations/${conversation}/events`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: stop,
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) return;
      if (part.value.includes("event:")) changed();
    }
  }
}
