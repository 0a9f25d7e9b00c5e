import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLive } from "../api/live/live";
import classes from "./LiveBadge.module.css";

/** Which of the three ways news arrives just now. */
export function LiveBadge() {
  const { t } = useTranslation();
  const state = useLive();
  return (
    <Tooltip label={t(`live.${state}Text`)} multiline maw={260}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard */}
      <div className={classes.badge} data-state={state} role="status" tabIndex={0}>
        <span className={classes.word}>{t(`live.${state}`)}</span>
      </div>
    </Tooltip>
  );
}
