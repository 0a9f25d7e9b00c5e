import "i18next";
import type { en as campaigns } from "../features/campaigns/words";
import type { en } from "./locales/en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    fallbackNS: "translation";
    resources: {
      translation: typeof en;
      campaigns: typeof campaigns;
    };
  }
}
