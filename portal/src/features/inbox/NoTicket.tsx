import { IconMessages } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../ui/EmptyState";
import classes from "./Inbox.module.css";

export function NoTicket() {
  const { t } = useTranslation();
  return (
    <div className={classes.nothing} style={{ paddingTop: "16dvh" }}>
      <EmptyState icon={IconMessages} title={t("inbox.choose")} text={t("inbox.chooseText")} />
    </div>
  );
}
