/** Through what a call comes, beside the way. */
export interface CallThrough {
  readonly collectionId?: string;
  readonly agentId?: string;
  /** What permission is asked for: `execute` where absent. */
  readonly action?: "execute" | "execute-mcp";
}

/** A tool that is called by what an agent calls it. */
export interface AgentCall {
  readonly agentId: string;
  /** Id, slug or display name. */
  readonly tool: string;
}
