import { SegmentedControl, Select, Skeleton, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCircleCheck, IconInbox, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { deskSettings, queues } from "../../api/desk";
import { useMe } from "../../api/session";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { useShortcuts } from "../../ui/shortcuts";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { foundTickets, ticketList } from "./data";
import classes from "./Inbox.module.css";
import { useOnlooked } from "./presence";
import { TicketRow } from "./TicketRow";
import { countOf, countText, type InboxSearch, STATUSES, type Status, VIEWS, type ViewName } from "./views";

const ROW = 72;
const SHORTEST_SEARCH = 2;

interface Props {
  search: InboxSearch;
  counts: Schemas["Counts"] | undefined;
  openId: string | undefined;
  onSearch: (change: InboxSearch) => void;
}

export function TicketList({ search, counts, openId, onSearch }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const views = useViews();
  const view = search.view ?? views[0];
  const [q] = useDebouncedValue(search.q?.trim() ?? "", 250);
  const isSearching = q.length >= SHORTEST_SEARCH;
  const listed = useInfiniteQuery({ ...ticketList(view, search.status), enabled: !isSearching });
  const searched = useInfiniteQuery({
    ...foundTickets(q, search.status),
    enabled: isSearching,
    placeholderData: keepPreviousData,
  });
  const found = isSearching ? searched : listed;
  const tickets = isSearching
    ? (searched.data?.pages.flatMap((page) => page.items.map((each) => each.ticket)) ?? [])
    : (listed.data?.pages.flatMap((page) => page.items) ?? []);
  const onlooked = useOnlooked();
  const lines = useQuery(queues).data?.items;
  const labels = useQuery(deskSettings).data?.labels;
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: tickets.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 6,
    getItemKey: (index) => tickets[index]?.id ?? index,
  });
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= tickets.length - 10) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, tickets.length]);
  const searchBox = useListKeys(tickets, openId, box, (index) => rows.scrollToIndex(index));

  const label = (name: ViewName) => {
    const count = countOf(name, counts);
    return count === undefined || !counts
      ? t(`inbox.views.${name}`)
      : `${t(`inbox.views.${name}`)} ${countText(count, counts.most, format.number)}`;
  };
  return (
    <section className={classes.list} aria-label={t("inbox.list")}>
      <div className={classes.listHead}>
        <Title order={1} fz={17} mb={8}>
          {t("inbox.title")}
        </Title>
        <TextInput
          ref={searchBox}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          placeholder={t("inbox.search")}
          aria-label={t("inbox.search")}
          value={search.q ?? ""}
          onChange={(event) => onSearch({ q: event.currentTarget.value || undefined })}
        />
        <SegmentedControl
          fullWidth
          size="xs"
          mt={8}
          aria-label={t("inbox.view")}
          value={view}
          onChange={(value) => onSearch({ view: value as ViewName })}
          data={views.map((value) => ({ value, label: label(value) }))}
        />
        {view !== "unassigned" && (
          <Select
            size="xs"
            mt={8}
            aria-label={t("inbox.status")}
            placeholder={t("inbox.anyStatus")}
            clearable
            clearButtonProps={{ "aria-label": t("inbox.anyStatus") }}
            value={search.status ?? null}
            onChange={(value) => onSearch({ status: (value as Status) ?? undefined })}
            data={STATUSES.map((value) => ({ value, label: t(`ticket.status.${value}`) }))}
          />
        )}
      </div>
      {found.error ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : found.isPending ? (
        <Waiting />
      ) : tickets.length === 0 ? (
        <Nothing view={view} filtered={isSearching || Boolean(search.status)} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard too
        <section ref={box} className={classes.rows} aria-label={t(`inbox.views.${view}`)} tabIndex={0}>
          <div style={{ position: "relative", height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const ticket = tickets[item.index];
              return (
                ticket && (
                  <TicketRow
                    key={item.key}
                    ticket={ticket}
                    top={item.start}
                    now={now}
                    colour={labels?.find((each) => each.name === ticket.label)?.colour}
                    queue={lines?.find((each) => each.id === ticket.queueId)?.name}
                    others={onlooked(ticket.id)}
                  />
                )
              );
            })}
          </div>
        </section>
      )}
      <Text className="sr-only" role="status">
        {found.isSuccess ? t("inbox.shown", { count: tickets.length }) : ""}
      </Text>
    </section>
  );
}

/** An agent's own tickets come first; who looks after others sees all. */
function useViews(): [ViewName, ...ViewName[]] {
  const me = useMe();
  const seesAll = me.permissions.includes("tickets:read-all");
  if (me.role === "administrator") return ["all", "unassigned"];
  return seesAll ? [...VIEWS] : ["mine", "snoozed", "unassigned"];
}

/** `j` and `k` open the next and the previous ticket, `/` goes to the search. */
function useListKeys(
  tickets: { id: string }[],
  openId: string | undefined,
  box: RefObject<HTMLElement | null>,
  show: (index: number) => void,
) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const searchBox = useRef<HTMLInputElement>(null);
  // Who goes by keys has the focus on the row they came to: Tab goes on from there.
  const byKey = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each ticket that is opened
  useEffect(() => {
    if (!byKey.current) return;
    byKey.current = false;
    box.current?.querySelector<HTMLElement>("[aria-current=page]")?.focus({ preventScroll: true });
  }, [openId]);
  const move = (by: number) => {
    const index = tickets.findIndex((each) => each.id === openId);
    const next = tickets[index === -1 ? 0 : index + by];
    if (!next) return;
    show(index + by);
    byKey.current = true;
    navigate({ to: "/inbox/$ticketId", params: { ticketId: next.id }, search: (before) => before });
  };
  useShortcuts([
    { key: "j", label: t("inbox.keys.next"), run: () => move(1) },
    { key: "k", label: t("inbox.keys.previous"), run: () => move(-1) },
    { key: "/", label: t("inbox.keys.search"), run: () => searchBox.current?.focus() },
  ]);
  return searchBox;
}

function Nothing({ view, filtered }: { view: ViewName; filtered: boolean }) {
  const { t } = useTranslation();
  if (filtered)
    return <EmptyState icon={IconSearch} title={t("inbox.nothingFits")} text={t("inbox.nothingFitsText")} />;
  return (
    <EmptyState
      icon={view === "unassigned" ? IconCircleCheck : IconInbox}
      title={t(`inbox.none.${view}`)}
      text={t(`inbox.noneText.${view}`)}
    />
  );
}

const PLACES = ["a", "b", "c", "d", "e", "f", "g"];

function Waiting() {
  return PLACES.map((place) => (
    <div key={place} style={{ display: "flex", gap: 10, padding: "18px 12px", height: ROW }}>
      <Skeleton circle h={36} w={36} style={{ flex: "none" }} />
      <div style={{ flex: 1 }}>
        <Skeleton h={12} w="55%" mt={3} />
        <Skeleton h={11} w="80%" mt={9} />
      </div>
    </div>
  ));
}
