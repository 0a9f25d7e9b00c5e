import { CloseButton, ScrollArea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../api/session";
import { placesFor } from "./navigation";
import classes from "./Shell.module.css";

/** The places of the portal. On a narrow screen it lies over the page while it is open. */
export function Menu({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const groups = placesFor(useMay());
  return (
    <nav
      className={classes.navbar}
      data-open={open || undefined}
      aria-label={t("shell.navigation")}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <div className={classes.brand}>
        <img src="/mark.svg" alt="" width={22} height={22} />
        Parley
        <CloseButton hiddenFrom="sm" ms="auto" onClick={onClose} aria-label={t("shell.closeMenu")} />
      </div>
      <ScrollArea type="never" style={{ flex: 1 }}>
        {groups.map(({ group, places }) => (
          <div key={group}>
            {group !== "nav.work" && <div className={classes.group}>{t(group)}</div>}
            {places.map((place) => (
              <Link key={place.to} to={place.to} className={classes.place}>
                <place.icon size={18} stroke={1.6} aria-hidden />
                {t(place.label)}
              </Link>
            ))}
          </div>
        ))}
      </ScrollArea>
    </nav>
  );
}
