import { Button, Center, Loader } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../ui/ErrorState";
import { useFormat } from "../../ui/useFormat";
import { useNow } from "../../ui/useNow";
import { Bubble, Note } from "./Bubble";
import { history, messages, type Ticket } from "./data";
import { EventLine } from "./EventLine";
import classes from "./Inbox.module.css";
import { type Line, linesOf, type Message } from "./lines";

interface Props {
  ticket: Ticket;
  onQuote: ((message: Message) => void) | undefined;
}

/** The conversation, newest at the bottom; older pages come as one scrolls up. A few dozen lines are in the page, however long it is. */
export function Thread({ ticket, onQuote }: Props) {
  const { t } = useTranslation();
  const found = useInfiniteQuery(messages(ticket.id));
  const told = useInfiniteQuery(history(ticket.id));
  const { hasNextPage: moreTold, fetchNextPage: tellMore, isFetchingNextPage: telling } = told;
  useEffect(() => {
    if (moreTold && !telling) tellMore();
  }, [moreTold, telling, tellMore]);
  const all = found.data?.pages.flatMap((page) => page.items) ?? [];
  const entries = told.data?.pages.flatMap((page) => page.items) ?? [];
  const lines = linesOf(all, entries, !found.hasNextPage);
  if (found.error && !found.data) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (!found.data || !told.data) {
    return (
      <Center className={classes.thread}>
        <Loader type="dots" role="status" aria-label={t("thread.loading")} />
      </Center>
    );
  }
  return (
    <Lines
      ticket={ticket}
      lines={lines}
      byWamid={new Map(all.flatMap((each) => (each.wamid ? [[each.wamid, each]] : [])))}
      onQuote={onQuote}
      older={found.hasNextPage && !found.isFetchingNextPage ? () => found.fetchNextPage() : undefined}
      isLoadingOlder={found.isFetchingNextPage}
    />
  );
}

interface LinesProps extends Props {
  lines: Line[];
  byWamid: Map<string, Message>;
  older: (() => void) | undefined;
  isLoadingOlder: boolean;
}

function Lines({ ticket, lines, byWamid, onQuote, older, isLoadingOlder }: LinesProps) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (lines[index]?.kind === "message" ? 74 : 40),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: 80,
    paddingEnd: 12,
  });
  // Lines are measured once they are in the page; the first look must be at the newest all the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the thread opens
  useLayoutEffect(() => rows.scrollToIndex(lines.length - 1, { align: "end" }), []);
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  useEffect(() => {
    if (older && first < 5 && lines.length > 0) older();
  }, [older, first, lines.length]);
  const isAway = lines.length > 0 && !rows.isAtEnd(400);
  return (
    <div style={{ position: "relative", flex: 1, minHeight: 0, display: "flex" }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard too */}
      <section ref={box} className={classes.thread} aria-label={t("thread.messages")} tabIndex={0}>
        {isLoadingOlder && (
          <Center py={8}>
            <Loader size="xs" type="dots" role="status" aria-label={t("thread.loading")} />
          </Center>
        )}
        <div style={{ position: "relative", height: rows.getTotalSize() }}>
          {shown.map((item) => {
            const line = lines[item.index];
            return (
              line && (
                <div
                  key={item.key}
                  data-index={item.index}
                  ref={rows.measureElement}
                  className={classes.line}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LineView ticket={ticket} line={line} now={now} byWamid={byWamid} onQuote={onQuote} />
                </div>
              )
            );
          })}
        </div>
      </section>
      {isAway && (
        <Button
          size="compact-sm"
          variant="default"
          radius="xl"
          leftSection={<IconArrowDown size={14} />}
          style={{ position: "absolute", bottom: 12, insetInlineEnd: 20 }}
          onClick={() => rows.scrollToIndex(lines.length - 1, { align: "end" })}
        >
          {t("thread.newest")}
        </Button>
      )}
    </div>
  );
}

interface LineProps extends Props {
  line: Line;
  now: number;
  byWamid: Map<string, Message>;
}

function LineView({ ticket, line, now, byWamid, onQuote }: LineProps) {
  const format = useFormat();
  switch (line.kind) {
    case "day":
      return (
        <div className={classes.day}>
          <span>{format.day(line.at, now)}</span>
        </div>
      );
    case "note":
      return <Note entry={line.entry} />;
    case "event":
      return <EventLine entry={line.entry} />;
    case "message":
      return (
        <Bubble
          ticketId={ticket.id}
          message={line.message}
          joined={line.joined}
          quoted={line.message.replyTo ? byWamid.get(line.message.replyTo) : undefined}
          onQuote={onQuote && line.message.wamid ? () => onQuote(line.message) : undefined}
        />
      );
  }
}
