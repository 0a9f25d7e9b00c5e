import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Card.module.css";

export interface Column<Row> {
  id: string;
  /** What stands above it; for a column of buttons, what they are, for screen readers only. */
  title: string;
  hiddenTitle?: boolean;
  cell: (row: Row) => ReactNode;
  align?: "end";
  width?: number | string;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  keyOf: (row: Row) => string;
  /** Where there is no room for the columns side by side, they stand below the first one, each with its title. */
  stacks?: boolean;
}

/** A list of like things. Without rows yet, a skeleton of the same shape. */
export function DataTable<Row>({ label, columns, rows, keyOf, stacks }: Props<Row>) {
  return (
    <div className={classes.card}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrolled by keyboard too */}
      <section className={classes.scroll} aria-label={label} tabIndex={0}>
        <table className={classes.table} data-stacks={stacks} aria-busy={rows === undefined}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.id} scope="col" style={{ width: column.width, textAlign: column.align }}>
                  {column.hiddenTitle ? <span className="sr-only">{column.title}</span> : column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows?.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column) => (
                  <td
                    key={column.id}
                    data-title={column.hiddenTitle ? undefined : column.title}
                    style={{ textAlign: column.align }}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )) ?? <Waiting columns={columns.length} />}
          </tbody>
        </table>
      </section>
    </div>
  );
}

const ROWS = ["a", "b", "c", "d", "e"];

function Waiting({ columns }: { columns: number }) {
  return ROWS.map((row) => (
    <tr key={row}>
      {Array.from({ length: columns }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but places
        <td key={index}>
          <Skeleton h={14} my={5} w={index === 0 ? "70%" : "45%"} />
        </td>
      ))}
    </tr>
  ));
}
