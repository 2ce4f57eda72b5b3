import type { FindingRule, FindingSeverity } from "../../../spec/definition_finding.ts";

/** A wording to look for in plain text; gaps are bounded, so that no text costs more than its length. */
export interface WordingRule {
  readonly rule: FindingRule;
  readonly severity: FindingSeverity;
  readonly pattern: RegExp;
}

const PRIVATE =
  "(?:~\\/\\.|\\.ssh\\b|id[_ ]rsa|id[_ ]ed25519|\\/etc\\/(?:passwd|shadow)|\\.env\\b(?! var| file)|\\.aws\\/|\\.npmrc|\\.netrc|" +
  "\\.git-credentials|\\.kube\\/|\\.docker\\/config|mcp\\.json|\\.cursor\\/|\\.claude|wallet\\.dat|" +
  "private keys?\\b|ssh keys?\\b|keychain|\\/proc\\/self|browser cookies)";
const SECRETS =
  "(?:conversation|chat (?:history|log)|message history|api keys?|passwords?|credentials|access tokens?|" +
  "secrets\\b|private keys?|environment variables|system prompt|previous messages)";
const HIDE =
  "(?:tell|inform|mention|reveal|show|notify|alert|disclose|report|say|explain|let|warn|ask)";

/** Ordered by rule; the first match of each pattern is told. */
export const WORDING_RULES: readonly WordingRule[] = [
  rule("instruction", "high", [
    "\\b(?:ignore|disregard|forget|override|bypass)\\b.{0,30}\\b(?:previous|prior|above|earlier|preceding|existing|system|other|safety|all)\\b.{0,20}\\b(?:instructions?|prompts?|rules|guidelines|directives|commands|messages)\\b",
    "\\b(?:new|updated|real|actual|hidden|secret|true) (?:system )?instructions?(?: for (?:the )?(?:assistant|model|ai|llm|agent)| ?:)",
    "\\b(?:note|message|instructions?|attention|important)(?: to| for|,)? (?:the )?(?:ai|llm|language model|assistant|model|agents?)\\b ?[:,-]",
    "\\bbefore (?:using|calling|invoking|running|you (?:use|call|invoke|run)) (?:this|any|any other|the other|other|another) (?:tools?|functions?)\\b.{0,60}\\b(?:read|open|cat|load|retrieve|fetch|send|upload|collect|include|dump)\\b",
    "\\b(?:ignoriere|missachte|vergiss)\\b.{0,30}\\b(?:vorherigen?|bisherigen?|obigen?)\\b.{0,20}\\banweisungen\\b",
    "\\b(?:ignora|olvida|ignore|oublie[zs]?)\\b.{0,30}\\b(?:instrucciones|instructions|instru[cç][oõ]es)\\b.{0,20}\\b(?:anteriores|previas|pr[eé]c[eé]dentes|anteriores)\\b",
    "(?:忽略|无视|忘记).{0,8}(?:之前|以上|先前|所有).{0,8}(?:指令|指示|提示|说明)",
  ]),
  rule("instruction", "medium", [
    "\\byou (?:must|have to|shall|are required to|need to) (?:always |first |immediately |also |never )?(?:call|use|include|pass|send|read|run|execute|invoke|append|add|provide the contents?)\\b",
    "\\b(?:from now on|you are now|act as|pretend (?:to be|you are)|your (?:new )?(?:role|task|goal|job) is)\\b",
    "\\b(?:always|never) (?:use|call|invoke|prefer|choose|select|run) (?:this|the) (?:tool|function)\\b",
    "\\bbefore (?:using|calling|invoking|running) (?:this|any|any other|other|another) (?:tools?|functions?)\\b",
    "\\b(?:reveal|print|show|repeat|output|leak|return)\\b.{0,20}\\bsystem prompt\\b",
    "\\botherwise (?:the|this) (?:tool|call|function|system|account) will (?:not work|fail|be (?:deleted|suspended|locked))",
  ]),
  rule("role-markup", "high", [
    "<\\/? ?(?:important|system|instructions?|admin|assistant|secret|hidden|override|prompt|developer|user_message|system[-_]prompt) ?\\/?>",
    "<\\|(?:im_start|im_end|system|user|assistant|endoftext)\\|>",
    "\\[\\/?inst\\]|<<\\/?sys>>",
    "(?:^|\\n| )#{2,4} ?(?:system|instruction)s? ?:",
    "<!--.{0,400}\\b(?:you|model|assistant|must|tool)\\b",
  ]),
  rule("secrecy", "high", [
    `\\b(?:do not|don't|never|must not|should not|without|avoid) (?:ever )?${HIDE}(?:ing)?\\b.{0,40}\\b(?:the |your )?(?:users?|humans?|person|anyone|anybody|operator)\\b`,
    "\\bwithout (?:the )?(?:user|human)(?:'s)? (?:knowing|noticing|knowledge|consent|approval|confirmation)",
    "\\b(?:the |your )?(?:user|human)s? (?:must not|should not|shouldn't|will not|won't|cannot|can't|does not|doesn't|need not) (?:see|know|notice|be (?:told|informed|aware))",
    "\\b(?:keep|hide) (?:this|it|that) (?:secret |hidden |a secret )?from (?:the |your )?(?:user|human)",
    "\\b(?:silently|secretly|covertly|quietly) (?:send|call|read|forward|include|upload|copy|collect|add|pass|append)",
  ]),
  rule("private-file", "high", [
    `\\b(?:read|open|cat|load|include|retrieve|fetch|send|contents? of|pass|copy|upload|extract|dump|reading)\\b.{0,80}${PRIVATE}`,
    `${PRIVATE}.{0,60}\\b(?:and (?:pass|send|include|provide|put)|as (?:the |a )?(?:parameter|argument|value|['a-z_]{1,30} parameter)|its contents?)\\b`,
  ]),
  rule("private-file", "medium", [PRIVATE]),
  rule("exfiltration", "high", [
    `\\b(?:send|forward|post|upload|leak|exfiltrate|transmit|email|append|include|copy|pass)\\b.{0,60}\\b(?:full |entire |whole |complete |all |user's |the |your |any )(?:[a-z]+ )?${SECRETS}.{0,60}\\b(?:to|in|into|as|at) (?:https?:|the (?:url|following|address|server|parameter|field|request)|[a-z0-9.-]+@|this (?:parameter|field|tool)|an? (?:url|parameter|field))`,
    "\\b(?:bcc|cc|forward|copy) (?:all|every|each|any)\\b.{0,30}\\b(?:e-?mails?|messages?)\\b.{0,30}\\bto\\b",
    `\\b(?:fill|put|place|provide|write|insert)\\b.{0,40}\\b(?:full|entire|whole|complete) ${SECRETS}`,
  ]),
  rule("other-tool", "high", [
    "\\b(?:when|whenever|if|each time|every time) (?:the |any |an? )?(?:other|another|[a-z_]{3,40}) (?:tools?|functions?) (?:is|are|gets?) (?:called|used|invoked|available|present)\\b.{0,120}\\b(?:must|should|instead|change|replace|always|send|ensure)\\b",
    "\\b(?:do not|don't|never) (?:use|call|invoke|trust) (?:the |any )?(?:(?:other|built-in|original|official)(?: [a-z_]{2,40})?|[a-z]+_[a-z_]{2,40}) (?:tools?|functions?|servers?)\\b",
  ]),
  rule("other-tool", "medium", [
    "\\b(?:instead of|rather than|in place of) (?:the |any |using (?:the )?)?[a-z]+_[a-z_]{2,40}\\b",
    "\\bthis (?:tool|function) (?:must|should|has to|needs to) (?:always )?be (?:called|used|invoked|run) (?:before|after|first|instead)",
  ]),
];

function rule(
  name: FindingRule,
  severity: FindingSeverity,
  patterns: readonly string[],
): WordingRule {
  return { rule: name, severity, pattern: new RegExp(patterns.join("|"), "u") };
}
