import { expect, it } from "vitest";
import type { Campaign } from "../data";
import { changeOf, timeOf, wantedOf, wrongWith } from "./delivery";

const draft = (more: Partial<Campaign> = {}) => more as Campaign;
const LONG_AGO = 0;

it("begins with what the campaign holds", () => {
  const found = wantedOf(
    draft({
      wish: { at: "2026-12-01T09:00:00+08:00", timeZone: "Asia/Singapore", token: "" },
      pace: { messages: 5, per: "hour" },
      delivery: { start: "08:00:00", end: "18:30:00", days: [1, 2], timeZone: "Asia/Dubai" },
    }),
    "Europe/Berlin",
  );
  expect(found).toMatchObject({ when: "later", at: "2026-12-01T09:00", zone: "Asia/Singapore" });
  expect(found).toMatchObject({ hours: "some", start: "08:00", end: "18:30", days: [1, 2], hoursZone: "Asia/Dubai" });
  expect(found).toMatchObject({ speed: "limited", messages: 5, per: "hour" });
});

it("takes what is scheduled for what is meant", () => {
  const at = "2026-12-01T01:00:00Z";
  expect(timeOf(draft({ schedule: { at, timeZone: "Asia/Singapore", token: "t" } }))).toEqual({
    at: "2026-12-01T09:00",
    zone: "Asia/Singapore",
  });
  expect(timeOf(draft())).toBeUndefined();
});

it("asks only for what differs, and for nothing when nothing does", () => {
  const campaign = draft({ pace: { messages: 5, per: "hour" } });
  const wanted = wantedOf(campaign, "UTC");
  expect(changeOf(campaign, wanted)).toBeUndefined();
  expect(changeOf(campaign, { ...wanted, speed: "full" })).toEqual({ pace: null });
  expect(changeOf(campaign, { ...wanted, when: "later", at: "2026-12-01T09:00" })).toEqual({
    wish: { at: "2026-12-01T09:00", timeZone: "UTC" },
  });
  expect(changeOf(campaign, { ...wanted, hours: "some", days: [5, 1] })).toEqual({
    delivery: { start: "09:00", end: "20:00", days: [1, 5], timeZone: "UTC" },
  });
});

it("names what is wrong", () => {
  const wanted = wantedOf(draft(), "UTC");
  expect(wrongWith(wanted, LONG_AGO)).toBeUndefined();
  expect(wrongWith({ ...wanted, when: "later" }, LONG_AGO)).toBe("noTime");
  expect(wrongWith({ ...wanted, when: "later", at: "2026-12-01T09:00" }, Date.UTC(2027, 0))).toBe("past");
  expect(wrongWith({ ...wanted, hours: "some", end: "09:20" }, LONG_AGO)).toBe("hours");
  expect(wrongWith({ ...wanted, hours: "some", end: "" }, LONG_AGO)).toBe("hours");
  expect(wrongWith({ ...wanted, hours: "some", days: [] }, LONG_AGO)).toBe("days");
  expect(wrongWith({ ...wanted, speed: "limited", messages: "" }, LONG_AGO)).toBe("messages");
});
