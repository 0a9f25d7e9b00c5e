import "i18next";
import type { en as automation } from "../features/automation/words";
import type { en as campaigns } from "../features/campaigns/words";
import type { en as channels } from "../features/channels/words";
import type { en as contacts } from "../features/contacts/words";
import type { en as desk } from "../features/desk/words";
import type { en as health } from "../features/health/words";
import type { en as reports } from "../features/reports/words";
import type { en as retention } from "../features/retention/words";
import type { en as segments } from "../features/segments/words";
import type { en as settings } from "../features/settings/words";
import type { en as templates } from "../features/templates/words";
import type { en as webhooks } from "../features/webhooks/words";
import type { en } from "./locales/en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    fallbackNS: "translation";
    resources: {
      translation: typeof en;
      automation: typeof automation;
      campaigns: typeof campaigns;
      channels: typeof channels;
      segments: typeof segments;
      settings: typeof settings;
      templates: typeof templates;
      contacts: typeof contacts;
      desk: typeof desk;
      health: typeof health;
      reports: typeof reports;
      retention: typeof retention;
      webhooks: typeof webhooks;
    };
  }
}
