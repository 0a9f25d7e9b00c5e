import { describe, expect, it } from "vitest";
import { age, countdown, day, initials, percent } from "./format";

const NOW = new Date(2026, 10, 22, 15, 0, 0).getTime();
const HOUR = 3_600_000;

describe("ages", () => {
  it("are told in one unit, rounded down", () => {
    expect(age(new Date(NOW - 45_000), NOW, "en")).toBe("45s");
    expect(age(new Date(NOW - 119_000), NOW, "en")).toBe("1m");
    expect(age(new Date(NOW - 26 * HOUR), NOW, "en")).toBe("1d");
  });

  it("are never negative when two clocks differ", () => {
    expect(age(new Date(NOW + 5_000), NOW, "en")).toBe("0s");
  });
});

describe("a countdown", () => {
  it("has two units until the last minute", () => {
    expect(countdown(23 * HOUR + 58 * 60_000, "en")).toBe("23h 58m");
    expect(countdown(4 * 60_000 + 10_000, "en")).toBe("4m 10s");
    expect(countdown(9_500, "en")).toBe("9s");
  });

  it("leaves out a second unit of nothing", () => {
    expect(countdown(2 * HOUR, "en")).toBe("2h");
  });

  it("ends at nothing", () => {
    expect(countdown(-1, "en")).toBe("0s");
  });
});

describe("days", () => {
  it("near us have a name, others a date", () => {
    expect(day(new Date(2026, 10, 22, 0, 1), NOW, "en")).toBe("Today");
    expect(day(new Date(2026, 10, 21, 23, 59), NOW, "en")).toBe("Yesterday");
    expect(day(new Date(2026, 10, 14), NOW, "en")).toBe("Sat, Nov 14");
    expect(day(new Date(2025, 10, 14), NOW, "en")).toBe("Fri, Nov 14, 2025");
  });
});

describe("initials", () => {
  it("are those of the first and the last word", () => {
    expect(initials("Asha Verma")).toBe("AV");
    expect(initials("Ana Lucía de la Cruz")).toBe("AC");
    expect(initials("美玲")).toBe("美");
  });

  it("are a question mark for who has no name", () => {
    expect(initials("")).toBe("?");
    expect(initials("+")).toBe("?");
  });
});

it("a share of nothing is nothing", () => {
  expect(percent(0, 0, "en")).toBe("0%");
  expect(percent(962, 1000, "en")).toBe("96.2%");
});
