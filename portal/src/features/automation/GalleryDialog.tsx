import { Modal, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { ErrorState } from "../../ui/ErrorState";
import { gallery } from "./data";
import type { Step } from "./model/document";
import { StepMark } from "./StepMark";
import classes from "./Workflows.module.css";

const WAITING = ["a", "b", "c", "d", "e"];

/** Where a new workflow begins: with nothing, or with a ready-made one that works. */
export function GalleryDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const found = useQuery(gallery(accountId));
  return (
    <Modal
      opened
      onClose={onClose}
      size={780}
      title={t("gallery.title")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : (
        <ul className={classes.gallery}>
          <li>
            <Link to="/workflows/new" className={classes.offer} data-blank>
              <IconPlus size={20} stroke={1.6} aria-hidden />
              <span className={classes.offerName}>{t("gallery.blank")}</span>
              <span className={classes.offerText}>{t("gallery.blankText")}</span>
            </Link>
          </li>
          {found.data
            ? found.data.map(({ key, name, document }) => (
                <li key={key}>
                  <Link to="/workflows/new" search={{ from: key }} className={classes.offer}>
                    <span className={classes.offerName}>{name}</span>
                    <span className={classes.offerText}>
                      {t(`gallery.about.${key as "menu-bot"}`, { defaultValue: "" })}
                    </span>
                    <Kinds document={document} />
                  </Link>
                </li>
              ))
            : WAITING.map((each) => (
                <li key={each}>
                  <Skeleton h={124} radius={10} />
                </li>
              ))}
        </ul>
      )}
    </Modal>
  );
}

/** The types of steps a workflow is made of. */
function Kinds({ document }: { document: Record<string, unknown> }) {
  const definition = document.definition as { steps: Step[] };
  const types = [...new Set(definition.steps.map((step) => step.stepType))];
  return (
    <span className={classes.kinds} aria-hidden>
      {types.map((type) => (
        <StepMark key={type} type={type} size={22} />
      ))}
    </span>
  );
}
