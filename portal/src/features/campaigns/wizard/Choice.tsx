import { Radio, Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Wizard.module.css";

interface Props {
  value: string;
  label: string;
  text?: ReactNode;
  /** Instead of the label and text. */
  children?: ReactNode;
}

/** One of a few ways, as a card. */
export function Choice({ value, label, text, children }: Props) {
  return (
    <Radio.Card value={value} aria-label={label} className={classes.choice}>
      <Radio.Indicator mt={2} />
      {children ?? (
        <div>
          <Text>{label}</Text>
          {text && (
            <Text fz="sm" c="dimmed">
              {text}
            </Text>
          )}
        </div>
      )}
    </Radio.Card>
  );
}
