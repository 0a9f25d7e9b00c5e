import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";

interface Props {
  label: string;
  value: string | undefined;
  onSearch: (words: string | undefined) => void;
}

/** What a list is searched with; asks when the typing pauses. */
export function SearchField({ label, value, onSearch }: Props) {
  const later = useDebouncedCallback((words: string) => onSearch(words || undefined), 300);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} aria-hidden />}
      defaultValue={value ?? ""}
      onChange={(event) => later(event.currentTarget.value)}
      style={{ flex: "1 1 200px", maxWidth: 320 }}
    />
  );
}
