import { ActionIcon, Button, Menu, Text } from "@mantine/core";
import {
  IconAlarm,
  IconArrowLeft,
  IconCheck,
  IconClock,
  IconDots,
  IconHandGrab,
  IconRobot,
  IconRobotOff,
  IconUser,
  IconUserMinus,
  IconWorld,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PersonMark } from "../../ui/PersonMark";
import { Pill } from "../../ui/Pill";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import type { Acts } from "./acts";
import { isWebChat } from "./channel";
import type { Ticket } from "./data";
import classes from "./Inbox.module.css";
import { nameOf } from "./names";
import { StatusPill } from "./StatusPill";

interface Props {
  ticket: Ticket;
  acts: Acts;
  mayTake: boolean;
  mayWork: boolean;
  onResolve: () => void;
  onHandOver: () => void;
  onSnooze: () => void;
  onCustomer: () => void;
}

export function TicketHead({ ticket, acts, mayTake, mayWork, onResolve, onHandOver, onSnooze, onCustomer }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const isDone = ticket.status === "resolved" || ticket.status === "closed";
  return (
    <header className={classes.head}>
      <ActionIcon
        component={Link}
        to="/inbox"
        search={true as never}
        className={classes.back}
        aria-label={t("inbox.back")}
        size={32}
      >
        <IconArrowLeft size={18} />
      </ActionIcon>
      <PersonMark name={nameOf(ticket)} size={34} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <Text fw={600} fz="md" truncate component="h1" m={0}>
          {nameOf(ticket)}
        </Text>
        <div style={{ display: "flex", flexWrap: "wrap", gap: "3px 6px", alignItems: "center" }}>
          <StatusPill status={ticket.status} />
          {ticket.snoozedUntil && (
            <Pill icon={<IconAlarm size={12} aria-hidden />}>{format.dateTime(ticket.snoozedUntil)}</Pill>
          )}
          {ticket.owner === "bot" && <Pill icon={<IconRobot size={12} aria-hidden />}>{t("ticket.bot")}</Pill>}
          {isWebChat(ticket) ? (
            <Pill icon={<IconWorld size={12} aria-hidden />}>{t("ticket.webChat")}</Pill>
          ) : (
            <WindowPill ticket={ticket} />
          )}
        </div>
      </div>
      <ActionIcon
        className={classes.customerButton}
        variant="default"
        size={34}
        onClick={onCustomer}
        aria-label={t("ticket.customer")}
      >
        <IconUser size={18} stroke={1.6} />
      </ActionIcon>
      <div className={classes.acts}>
        {mayTake && (
          <Button
            leftSection={<IconHandGrab size={16} />}
            onClick={() => acts.claim.mutate()}
            loading={acts.claim.isPending}
          >
            {t("ticket.take")}
          </Button>
        )}
        {mayWork && !isDone && (
          <Button variant="default" onClick={onHandOver} loading={acts.assign.isPending || acts.transfer.isPending}>
            {t("ticket.assign")}
          </Button>
        )}
        {mayWork && !isDone && (
          <Button
            variant={mayTake ? "default" : "filled"}
            leftSection={<IconCheck size={16} />}
            onClick={onResolve}
            loading={acts.resolve.isPending}
          >
            {t("ticket.resolve")}
          </Button>
        )}
      </div>
      {mayWork && ticket.status !== "closed" && (
        <More ticket={ticket} acts={acts} onHandOver={onHandOver} onSnooze={onSnooze} />
      )}
    </header>
  );
}

function More({ ticket, acts, onHandOver, onSnooze }: Pick<Props, "ticket" | "acts" | "onHandOver" | "onSnooze">) {
  const { t } = useTranslation();
  return (
    <Menu width={230}>
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label={t("ticket.more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {ticket.status !== "resolved" && <Menu.Item onClick={onHandOver}>{t("ticket.handOver")}…</Menu.Item>}
        {ticket.status !== "open" && ticket.status !== "new" && (
          <Menu.Item onClick={() => acts.setStatus.mutate("open")}>{t("ticket.reopen")}</Menu.Item>
        )}
        {ticket.status === "open" && (
          <>
            <Menu.Item
              leftSection={<IconClock size={16} stroke={1.6} />}
              onClick={() => acts.setStatus.mutate("pending")}
            >
              {t("ticket.setPending")}
            </Menu.Item>
            <Menu.Item onClick={() => acts.setStatus.mutate("on_hold")}>{t("ticket.hold")}</Menu.Item>
          </>
        )}
        {ticket.snoozedUntil ? (
          <Menu.Item leftSection={<IconAlarm size={16} stroke={1.6} />} onClick={() => acts.wake.mutate()}>
            {t("snooze.wake")}
          </Menu.Item>
        ) : (
          ticket.agentId &&
          ticket.status !== "resolved" && (
            <Menu.Item leftSection={<IconAlarm size={16} stroke={1.6} />} onClick={onSnooze}>
              {t("snooze.title")}…
            </Menu.Item>
          )
        )}
        {ticket.owner === "bot" && (
          <Menu.Item leftSection={<IconRobotOff size={16} stroke={1.6} />} onClick={() => acts.takeOver.mutate()}>
            {t("ticket.takeOver")}
          </Menu.Item>
        )}
        {ticket.owner === "agent" && (
          <Menu.Item leftSection={<IconRobot size={16} stroke={1.6} />} onClick={() => acts.handBack.mutate()}>
            {t("ticket.handBack")}
          </Menu.Item>
        )}
        {ticket.agentId && ticket.status !== "resolved" && (
          <Menu.Item leftSection={<IconUserMinus size={16} stroke={1.6} />} onClick={() => acts.release.mutate("")}>
            {t("ticket.release")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item onClick={() => acts.mark.mutate({ spam: !ticket.spam })}>
          {t(ticket.spam ? "ticket.noSpam" : "ticket.spam")}
        </Menu.Item>
        {!isWebChat(ticket) && (
          <Menu.Item onClick={() => acts.block.mutate(!ticket.blocked)}>
            {t(ticket.blocked ? "ticket.unblock" : "ticket.block")}
          </Menu.Item>
        )}
        <Menu.Item color="red" c="var(--mantine-color-error)" onClick={() => acts.close.mutate({})}>
          {t("ticket.close")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Until when one may write freely. */
export function WindowPill({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const left = ticket.window.closesAt ? new Date(ticket.window.closesAt).getTime() - now : 0;
  return (
    <span title={t("ticket.window.text")}>
      {left > 0 ? (
        <Pill tone="warn" icon={<IconClock size={12} aria-hidden />}>
          <span className={classes.wide}>{t("ticket.window.label")}</span>
          {format.countdown(left)}
        </Pill>
      ) : (
        <Pill icon={<IconClock size={12} aria-hidden />}>{t("ticket.window.closed")}</Pill>
      )}
    </span>
  );
}
