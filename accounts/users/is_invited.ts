import type { AnySql } from "../../registry/database/database.ts";

/** Who says to have been invited. */
export interface Invited {
  readonly email: string;
  /**
   * Id of the invitation, which is known to who was given it. Where absent, the address has to have
   * been proved otherwise.
   */
  readonly invitation?: string;
}

/** Whether somebody with that address is invited to an organisation, and has not answered yet. */
export async function isInvited(sql: AnySql, { email, invitation }: Invited): Promise<boolean> {
  const [row] = await sql`
    select exists (
      select from invitation
      where lower(email) = ${email.toLowerCase()} and status = 'pending' and "expiresAt" > now()
        and (${invitation ?? null}::text is null or id = ${invitation ?? null})
    ) as invited`;
  return row?.invited === true;
}
