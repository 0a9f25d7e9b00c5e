import { Button, Group, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { IconVariable } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { nextVariable, variablesOf } from "./draft";

interface Props {
  label: string;
  most: number;
  text: string;
  samples: Record<string, string>;
  onText: (text: string) => void;
  onSamples: (samples: Record<string, string>) => void;
}

/** A text with variables and a sample for each. */
export function TextPart({ label, most, text, samples, onText, onSamples }: Props) {
  const { t } = useTranslation("templates");
  const field = useRef<HTMLTextAreaElement>(null);
  const names = variablesOf(text);
  const insert = () => {
    const at = field.current?.selectionStart ?? text.length;
    onText(`${text.slice(0, at)}{{${nextVariable(text)}}}${text.slice(at)}`);
    field.current?.focus();
  };
  return (
    <>
      <Textarea
        ref={field}
        label={label}
        autosize
        minRows={3}
        value={text}
        description={t("builder.length", { length: text.length, most })}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <Group mt={6} mb={names.length > 0 ? "sm" : 0}>
        <Button size="compact-sm" variant="default" leftSection={<IconVariable size={15} />} onClick={insert}>
          {t("builder.addVariable")}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
        {names.map((name) => (
          <TextInput
            key={name}
            label={t("builder.sampleOf", { name: `{{${name}}}`, interpolation: { escapeValue: false } })}
            value={samples[name] ?? ""}
            onChange={(event) => onSamples({ ...samples, [name]: event.currentTarget.value })}
          />
        ))}
      </SimpleGrid>
    </>
  );
}
