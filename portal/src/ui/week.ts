/** Business hours as a week that people fill in, one line a weekday. Pure. */

export interface Hours {
  opens: string;
  closes: string;
}

export interface Shift extends Hours {
  day: number;
}

/** 0 is Monday. */
export const DAYS = [0, 1, 2, 3, 4, 5, 6];

/** One line a weekday; a day with two shifts shows its first opening and last closing. */
export function weekOf(shifts: Shift[]): Hours[] {
  return DAYS.map((day) => {
    const its = shifts.filter((each) => each.day === day);
    return {
      opens: its.map((each) => each.opens.slice(0, 5)).sort()[0] ?? "",
      closes:
        its
          .map((each) => each.closes.slice(0, 5))
          .sort()
          .at(-1) ?? "",
    };
  });
}

/** A day nobody touched keeps the shifts it had. */
export function shiftsOf(week: Hours[], before: Shift[]): Shift[] {
  const was = weekOf(before);
  return DAYS.flatMap((day) => {
    const [now, then] = [week[day], was[day]];
    if (now?.opens === then?.opens && now?.closes === then?.closes) return before.filter((each) => each.day === day);
    return now?.opens && now.closes ? [{ day, ...now }] : [];
  });
}
