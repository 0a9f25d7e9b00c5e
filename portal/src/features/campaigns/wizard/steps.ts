/** How far a draft has come. Pure. */
import type { Campaign } from "../data";
import { STEPS, type StepName } from "../search";

/** Whether all that a step asks for is there. */
export function isDone(step: StepName, campaign: Campaign): boolean {
  switch (step) {
    case "channel":
      return true;
    case "recipients":
      return Boolean(campaign.recipients);
    case "fields":
      return campaign.recipients?.state === "ready";
    case "message":
      return Boolean(campaign.message);
    case "delivery":
      return isDone("fields", campaign) && isDone("message", campaign);
    case "review":
      return false;
  }
}

/** A step can be opened when all those before it are done. */
export function canOpen(step: StepName, campaign: Campaign): boolean {
  return STEPS.slice(0, STEPS.indexOf(step)).every((each) => isDone(each, campaign));
}

/** Where to go on with a draft that was left. */
export function firstOpen(campaign: Campaign): StepName {
  return STEPS.find((step) => !isDone(step, campaign)) ?? "review";
}

export function after(step: StepName): StepName {
  return STEPS[STEPS.indexOf(step) + 1] ?? "review";
}

export function before(step: StepName): StepName | undefined {
  return STEPS[STEPS.indexOf(step) - 1];
}
