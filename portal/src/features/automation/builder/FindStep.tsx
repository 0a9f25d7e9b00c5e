import { Combobox, Modal, ScrollArea, TextInput, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { known } from "../catalogue";
import { StepMark } from "../StepMark";
import { useWorkshop } from "./context";

export interface Offer {
  key: string;
  label: string;
  type: string;
  /** What else it is found by. */
  words?: string;
  run: () => void;
}

/** Finds a step by its id, type or text, and shows it; or, with offers of its own, chooses one of them. */
export function FindStep({ onClose, title, offers }: { onClose: () => void; title?: string; offers?: Offer[] }) {
  const { t } = useTranslation("automation");
  const [query, setQuery] = useState("");
  const steps = useSteps();
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = (offers ?? steps).filter((each) =>
    words.every((word) => `${each.label} ${each.words ?? ""}`.toLocaleLowerCase().includes(word)),
  );
  const combobox = useCombobox({ opened: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: Enter takes the first of what is left
  useEffect(() => {
    combobox.selectFirstOption();
  }, [query]);
  const label = title ?? t("find.title");
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      yOffset="12dvh"
      centered={false}
      aria-label={label}
    >
      <Combobox
        store={combobox}
        onOptionSubmit={(key) => {
          onClose();
          found.find((each) => each.key === key)?.run();
        }}
      >
        <Combobox.EventsTarget>
          <TextInput
            data-autofocus
            variant="unstyled"
            size="md"
            px="sm"
            leftSection={<IconSearch size={18} stroke={1.6} />}
            placeholder={label}
            aria-label={label}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize mah={380} style={{ borderTop: "1px solid var(--parley-line)" }} p={6}>
          <Combobox.Options aria-label={label}>
            {found.map((each) => (
              <Combobox.Option
                key={each.key}
                value={each.key}
                style={{ display: "flex", alignItems: "center", gap: 10 }}
              >
                <StepMark type={each.type} />
                {each.label}
              </Combobox.Option>
            ))}
            {found.length === 0 && <Combobox.Empty>{t("shell.nothingFound")}</Combobox.Empty>}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}

function useSteps(): Offer[] {
  const { t } = useTranslation("automation");
  const { canvas, select } = useWorkshop();
  const flow = useReactFlow();
  return canvas.steps.map(({ key, step }) => ({
    key,
    type: step.stepType,
    label: `${step.id} · ${known(step.stepType) ? t(`steps.${step.stepType}`) : step.stepType}`,
    words: JSON.stringify(step.inputs ?? {}),
    run: () => {
      select([key]);
      flow.fitView({ nodes: [{ id: key }], maxZoom: 1, minZoom: 0.7 });
    },
  }));
}
