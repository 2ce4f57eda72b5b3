import type { Sql } from "../../registry/database/database.ts";
import { learnWords } from "../../registry/catalog/learn_words.ts";
import { spellOut } from "../../registry/catalog/split_words.ts";
import { seededRandom } from "./seeded_random.ts";

/** Words of tools as they are published, the most common first. */
export const TOPICS = (
  "html markdown convert search weather github issue pull request email send slack message " +
  "calendar event image resize pdf extract text summary translate language stock price crypto " +
  "wallet currency exchange map geocode route distance calculate math json parse yaml csv " +
  "database query sql vector embed web scrape browser screenshot video audio transcribe speech " +
  "random uuid hash encrypt decrypt token auth user file upload download storage cache"
).split(" ");

/** What tools are sorted under. */
export const CATEGORIES = ["web", "data", "ai", "dev", "media", "finance", "text", "util"];

const SYLLABLES = "ba be bi da de di fa fi ga ka ke ko la le lo ma me na ne no pa ra re ro sa se ta"
  .split(" ");
const VOCABULARY_WORDS = 6_000;
const WORDS_OF_DESCRIPTION = 14;
const TOOLS_OF_PACKAGE = 3;
const BATCH_TOOLS = 4_000;

/**
 * Fills an empty catalog with made-up packages of three tools each. How often words occur falls off
 * as in natural text: a few are in every description, most in hardly any.
 */
export async function fillCatalog(sql: Sql, tools: number): Promise<void> {
  const random = seededRandom(tools);
  const vocabulary = Array.from({ length: VOCABULARY_WORDS }, () =>
    Array.from(
      { length: 2 + Math.floor(random() * 3) },
      () => SYLLABLES[Math.floor(random() * SYLLABLES.length)],
    ).join(""));
  const common = () => vocabulary[Math.floor(VOCABULARY_WORDS ** random()) - 1] ?? "";
  const topic = () => TOPICS[Math.floor(TOPICS.length * random() ** 2)] ?? "";
  for (let from = 0; from < tools; from += BATCH_TOOLS) {
    const batch = Array.from({ length: Math.min(BATCH_TOOLS, tools - from) }, (_, offset) => {
      const number = from + offset;
      const name = `${topic()}${capital(topic())}${capital(common())}${number}`;
      const words = Array.from({ length: WORDS_OF_DESCRIPTION }, common);
      const description = [...words, topic(), topic(), "tool"].join(" ");
      return {
        number,
        package: Math.floor(number / TOOLS_OF_PACKAGE),
        name,
        named: spellOut(name),
        description,
        popularity: 10 * random() ** 3,
      };
    });
    await insert(sql, batch);
  }
  await learnWords(sql);
  await sql`vacuum analyze`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

async function insert(
  sql: Sql,
  batch: readonly {
    readonly number: number;
    readonly package: number;
    readonly name: string;
    readonly named: string;
    readonly description: string;
    readonly popularity: number;
  }[],
): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      create temporary table batch on commit drop as
      select * from jsonb_to_recordset(${tx.json([...batch])})
        as row(number int, package int, name text, named text, description text, popularity real)`;
    await tx`
      insert into package (id, source, name, category, latest_version)
      select distinct 'pkg_' || package, 'npm', '@scope' || package % 500 || '/package-' || package,
        (${CATEGORIES}::text[])[1 + package % ${CATEGORIES.length}], '1.0.0'
      from batch on conflict do nothing`;
    await tx`
      insert into package_version (id, package_id, version)
      select distinct 'ver_' || package, 'pkg_' || package, '1.0.0' from batch
      on conflict do nothing`;
    await tx`
      insert into tool (id, package_id, version_id, name, slug, description, category, input_schema,
        definition_hash, source, popularity, runtimes, search)
      select 'tool_' || number, 'pkg_' || package, 'ver_' || package, batch.name, 'tool-' || number,
        batch.description, category,
        jsonb_build_object('type', 'object', 'properties', jsonb_build_object(
          'input', jsonb_build_object('type', 'string', 'description', batch.description))),
        md5(number::text), 'npm', popularity, '{deno,quickjs}',
        setweight(to_tsvector('english', named), 'A') ||
          setweight(to_tsvector('english', 'scope package'), 'B') ||
          setweight(to_tsvector('english', batch.description), 'C')
      from batch join package on package.id = 'pkg_' || package`;
  });
}
