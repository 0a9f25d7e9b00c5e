import { Button, Group } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  children: ReactNode;
  onBack?: () => void;
  /** Undefined while something is missing. */
  onNext?: () => void;
  busy?: boolean;
  next?: ReactNode;
}

/** One step of the wizard above its Back and Continue. */
export function Frame({ children, onBack, onNext, busy, next }: Props) {
  const { t } = useTranslation("campaigns");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onNext?.();
      }}
    >
      {children}
      <Group justify="space-between" mt="lg" gap="xs">
        {onBack ? (
          <Button variant="default" onClick={onBack}>
            {t("wizard.back")}
          </Button>
        ) : (
          <span />
        )}
        {next ?? (
          <Button type="submit" disabled={!onNext} loading={busy} rightSection={<IconArrowRight size={16} />}>
            {t("wizard.next")}
          </Button>
        )}
      </Group>
    </form>
  );
}
