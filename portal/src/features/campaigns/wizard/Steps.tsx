import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Campaign } from "../data";
import { STEPS, type StepName } from "../search";
import { canOpen, isDone } from "./steps";
import classes from "./Wizard.module.css";

interface Props {
  campaign: Campaign | undefined;
  step: StepName;
  onStep: (step: StepName) => void;
}

/** The way through the wizard; every step whose predecessors are done is a click away. */
export function Steps({ campaign, step, onStep }: Props) {
  const { t } = useTranslation("campaigns");
  return (
    <ol className={classes.steps}>
      {STEPS.map((each, index) => {
        const done = Boolean(campaign && isDone(each, campaign) && STEPS.indexOf(step) > index);
        return (
          <li key={each} data-done={done || undefined}>
            <button
              type="button"
              className={classes.step}
              data-done={done || undefined}
              aria-current={each === step ? "step" : undefined}
              disabled={each !== step && !(campaign && canOpen(each, campaign))}
              onClick={() => onStep(each)}
            >
              <span className={classes.mark} aria-hidden>
                {done && each !== step ? <IconCheck size={15} stroke={2.5} /> : index + 1}
              </span>
              <span>{t(`wizard.steps.${each}`)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
