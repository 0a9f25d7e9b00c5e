import { useTranslation } from "react-i18next";
import classes from "./Builder.module.css";
import type { Problem } from "./draft";

/** A part with several fields says which of them is meant. */
const NAMED = { text: "buttonText", url: "url", phone_number: "phoneNumber", header_handle: "file" } as const;

/** What of Meta's rules is broken here. */
export function Problems({ of, named }: { of: Problem[] | undefined; named?: boolean }) {
  const { t } = useTranslation("templates");
  if (!of?.length) return null;
  return (
    <ul className={classes.problems}>
      {of.map(({ field, message, warning }) => {
        const last = field.split(".").at(-1) ?? "";
        const name = named && last in NAMED ? t(`builder.fields.${NAMED[last as keyof typeof NAMED]}`) : "";
        const told = name ? `${name}: ${message}` : message.charAt(0).toUpperCase() + message.slice(1);
        return (
          <li key={`${field} ${message}`} data-warning={warning || undefined}>
            {told}
          </li>
        );
      })}
    </ul>
  );
}
