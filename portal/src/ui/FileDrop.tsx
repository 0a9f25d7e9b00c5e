import { Text } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { type DragEvent, useId, useState } from "react";
import classes from "./FileDrop.module.css";

interface Props {
  title: string;
  text: string;
  /** On the button; the field's label too. */
  label: string;
  accept: string;
  onFile: (file: File) => void;
}

/** A place to drop a file on, and a button for those who do not drag. */
export function FileDrop({ title, text, label, accept, onFile }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drag = (isOver: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isOver);
  };
  const drop = (event: DragEvent) => {
    drag(false)(event);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button below is everybody's
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={drop}
    >
      <IconFileSpreadsheet size={32} stroke={1.3} aria-hidden />
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" fz="sm">
        {text}
      </Text>
      <input
        id={id}
        className={classes.input}
        type="file"
        accept={accept}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) onFile(file);
        }}
      />
      <label htmlFor={id} className={classes.button}>
        {label}
      </label>
    </div>
  );
}
