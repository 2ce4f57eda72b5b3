import { z } from "zod";
import type { AnySql } from "../../../registry/database/database.ts";
import type { Caller } from "../../../spec/account.ts";

const personRow = z.object({
  name: z.string(),
  email: z.string(),
  organization: z.string().nullable(),
});

/** Says who is signed in, and for which organisation they act. */
export async function describePerson(
  sql: AnySql,
  caller: Pick<Caller, "tenant" | "userId">,
): Promise<string> {
  if (caller.userId === null) return "whoever has this machine";
  const [row] = await sql`
    select person.name, person.email, organization.name as organization
    from "user" person
      left join account_setting setting on setting.tenant = ${caller.tenant}
      left join organization on organization.id = setting.id
    where person.id = ${caller.userId}`;
  if (row === undefined) return caller.userId;
  const { name, email, organization } = personRow.parse(row);
  const person = `${name} (${email})`;
  return organization === null ? person : `${person}, for ${organization}`;
}
