import assert from "node:assert/strict";
import { packageEntry } from "../../../tests/support/catalog_entries.ts";
import { failsWith } from "../../../tests/support/fails_with.ts";
import { testDatabase } from "../../../tests/support/test_database.ts";
import { readTool } from "../read_tool.ts";
import { recordPackage } from "../record_package.ts";
import { MAX_REVIEW_CHARACTERS, setLike, setRating, setReview } from "./engage.ts";
import { listActivity, readOpinion } from "./read_engagement.ts";

testDatabase(
  "setLike(), setRating() and setReview() keep one of each for an account",
  async ({ sql }) => {
    await recordPackage(sql, packageEntry({ name: "kit", tools: [{ name: "greet" }] }));
    const tool = () => readTool(sql, { tool: "kit-greet", visible: sql`true` });
    const { id: toolId } = await tool();
    const ada = { toolId, ownerId: "ada" };
    const bob = { toolId, ownerId: "bob" };
    const many = await Promise.all(
      Array.from({ length: 10 }, () => sql.begin((tx) => setLike(tx, { ...ada, liked: true }))),
    );
    assert.deepEqual(new Set(many), new Set([1]));
    assert.equal(await setLike(sql, { ...bob, liked: true }), 2);
    const liked = (await tool()).popularity;
    assert.ok(liked > 0);
    assert.equal(await setLike(sql, { ...bob, liked: false }), 1);
    assert.ok((await tool()).popularity < liked);

    await setRating(sql, { ...ada, stars: 2 });
    await setRating(sql, { ...ada, stars: 5 });
    await setRating(sql, { ...bob, stars: 4 });
    await setReview(sql, { ...ada, body: " Good " });
    await setReview(sql, { ...ada, body: "Better" });
    for (const body of ["", "  ", "\u0000", "x".repeat(MAX_REVIEW_CHARACTERS + 1)]) {
      await failsWith(setReview(sql, { ...bob, body }), { code: "invalid_input" });
    }
    const opinion = await readOpinion(sql, ada);
    assert.deepEqual([opinion.likes, opinion.ratings, opinion.averageStars], [1, 2, 4.5]);
    assert.deepEqual(opinion.reviews.map(({ body, isOwn }) => [body, isOwn]), [["Better", true]]);
    assert.equal((await readOpinion(sql, bob)).reviews[0]?.isOwn, false);
    assert.ok(!JSON.stringify(await readOpinion(sql, bob)).includes("ada"));
    await setReview(sql, { ...ada, body: null });
    assert.deepEqual((await readOpinion(sql, ada)).reviews, []);
    const kinds = (await listActivity(sql, "ada")).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["review-removed", "reviewed", "reviewed", "rated", "rated", "liked"]);
    await assert.rejects(() => Promise.resolve(setRating(sql, { ...ada, stars: 6 })));
  },
);
