import { CloseButton, ScrollArea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../api/session";
import { placesFor } from "./navigation";
import classes from "./Shell.module.css";

export function Menu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = placesFor(useMay());
  return (
    <>
      <div className={classes.brand}>
        <img src="/mark.svg" alt="" width={22} height={22} />
        Parley
        <CloseButton hiddenFrom="sm" ms="auto" onClick={onClose} aria-label={t("shell.closeMenu")} />
      </div>
      <ScrollArea type="never" style={{ flex: 1 }}>
        <nav aria-label={t("shell.navigation")}>
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
        </nav>
      </ScrollArea>
    </>
  );
}
