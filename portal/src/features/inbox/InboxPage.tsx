import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { useTitle } from "../../ui/useTitle";
import { counts } from "./data";
import classes from "./Inbox.module.css";
import { followTickets } from "./live";
import { TicketList } from "./TicketList";

export function InboxPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const { ticketId } = useParams({ strict: false });
  const numbers = useQuery(counts);
  const me = useMe();
  useEffect(() => followTickets(me.id), [me.id]);
  useTitle(t("inbox.title"));
  return (
    <div className={classes.panes} data-open={ticketId ? "ticket" : "list"}>
      <TicketList
        search={search}
        counts={numbers.data}
        openId={ticketId}
        onSearch={(change) => navigate({ to: ".", search: (before) => ({ ...before, ...change }), replace: true })}
      />
      <Outlet />
    </div>
  );
}
