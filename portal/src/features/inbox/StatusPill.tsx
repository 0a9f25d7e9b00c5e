import { useTranslation } from "react-i18next";
import { Pill, type Tone } from "../../ui/Pill";
import type { Status } from "./views";

const TONES: Record<Status, Tone> = {
  new: "busy",
  open: "good",
  pending: "neutral",
  on_hold: "neutral",
  resolved: "neutral",
  closed: "neutral",
};

export function StatusPill({ status }: { status: Status }) {
  const { t } = useTranslation();
  return <Pill tone={TONES[status]}>{t(`ticket.status.${status}`)}</Pill>;
}
