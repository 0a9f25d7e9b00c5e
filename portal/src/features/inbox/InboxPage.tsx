import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTitle } from "../../ui/useTitle";
import { counts } from "./data";
import classes from "./Inbox.module.css";
import { TicketList } from "./TicketList";

export function InboxPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const { ticketId } = useParams({ strict: false });
  const numbers = useQuery(counts);
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
