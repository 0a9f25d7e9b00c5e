import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconMoodSmile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Inbox.module.css";

const EMOJI = [
  ..."😀😄😅😂🙂😉😊😍😘😎🤔🙄😕😢😭😡😴🤗👍👎👌🙏👏💪🤝👋✌️🤞❤️💚💙🎉🎁✨🔥⭐✅❌❗❓⚠️⏰📅📍📎📷📞✉️💬🛒📦🚚💳🧾🏠🚗✈️🎓☕🍕🌞🌧️",
].reduce<string[]>((found, sign) => {
  // A variation selector belongs to the sign before it.
  if (sign === "\uFE0F") found.push(`${found.pop()}${sign}`);
  else found.push(sign);
  return found;
}, []);

export function EmojiButton({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t("composer.emoji")}>
          <ActionIcon size={32} onClick={() => setOpen(!open)} aria-label={t("composer.emoji")}>
            <IconMoodSmile size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label={t("composer.emoji")}>
        <div className={classes.emoji}>
          {EMOJI.map((emoji) => (
            <button
              key={emoji}
              type="button"
              onClick={() => {
                setOpen(false);
                onChoose(emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
