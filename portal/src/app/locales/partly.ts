/** The texts of another language: what it has no words for is shown in English. */
export type Partly<T> = { [Name in keyof T]?: T[Name] extends string ? string : Partly<T[Name]> } & Record<
  string,
  unknown
>;
