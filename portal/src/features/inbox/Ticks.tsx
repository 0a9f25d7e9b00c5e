import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../ui/useFormat";
import type { Ticks as Kind, Message } from "./lines";

const SIGNS = {
  waiting: IconClock,
  unsure: IconHelpCircle,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
};

export function Ticks({ message, ticks }: { message: Message; ticks: Kind }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Sign = SIGNS[ticks];
  const times = [
    ["sent", message.sentAt],
    ["delivered", message.deliveredAt],
    ["read", message.readAt],
  ] as const;
  const told = times
    .flatMap(([name, at]) => (at ? [`${t(`thread.ticks.${name}`)} ${format.clockTime(at)}`] : []))
    .join(", ");
  const label = told || t(`thread.ticks.${ticks}`);
  const color =
    ticks === "read" ? "var(--parley-ticks-read)" : ticks === "failed" ? "var(--mantine-color-error)" : undefined;
  return (
    <Sign
      size={15}
      stroke={2}
      color={color}
      role="img"
      aria-label={label}
      data-ticks={ticks}
      style={{ flex: "none" }}
    />
  );
}
