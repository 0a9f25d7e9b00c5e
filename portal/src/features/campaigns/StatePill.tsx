import { useTranslation } from "react-i18next";
import { Pill, type Tone } from "../../ui/Pill";
import type { State } from "./data";

const TONES: Record<State, Tone> = {
  draft: "neutral",
  needs_approval: "warn",
  scheduled: "busy",
  too_late: "warn",
  preparing: "busy",
  sending: "busy",
  paused: "warn",
  completed: "good",
  cancelled: "neutral",
  failed: "bad",
};

export function StatePill({ state }: { state: State }) {
  const { t } = useTranslation("campaigns");
  return <Pill tone={TONES[state]}>{t(`states.${state}`)}</Pill>;
}
