import { ActionIcon, Button, Group, Skeleton, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconEdit, IconFlask, IconGripVertical, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queues } from "../../api/desk";
import { useMay } from "../../api/session";
import cards from "../../ui/Card.module.css";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Pill } from "../../ui/Pill";
import { useReorder } from "./data";
import { inOrder, isDefault, moved, type Queue } from "./order";
import { QueueDrawer } from "./QueueDrawer";
import classes from "./Queues.module.css";
import { rulesOf } from "./rules";
import { TryDialog } from "./TryDialog";

/** The queues in the order in which they are asked. */
export function QueuesPage() {
  const { t } = useTranslation("desk");
  const may = useMay();
  const found = useQuery(queues);
  const [open, setOpen] = useState<Queue | "new">();
  const [trying, setTrying] = useState(false);
  const mayWrite = may("queues:write");
  return (
    <Page
      title={t("queues.title")}
      text={t("queues.text")}
      actions={
        <>
          <Button variant="default" leftSection={<IconFlask size={16} />} onClick={() => setTrying(true)}>
            {t("try.title")}
          </Button>
          {mayWrite && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen("new")}>
              {t("queues.create")}
            </Button>
          )}
        </>
      }
    >
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : !found.data ? (
        <Skeleton h={196} radius={10} />
      ) : (
        <Rows queues={inOrder(found.data.items)} onOpen={mayWrite ? setOpen : undefined} />
      )}
      {open && (
        <QueueDrawer
          key={open === "new" ? "new" : open.id}
          queue={open === "new" ? undefined : open}
          queues={found.data?.items ?? []}
          onClose={() => setOpen(undefined)}
        />
      )}
      {trying && <TryDialog onClose={() => setTrying(false)} />}
    </Page>
  );
}

/** Not `disabled`: the arrow that has brought a queue to the end keeps the focus. */
const inactive = (isSo: boolean) => (isSo ? { "aria-disabled": true, "data-disabled": true } : {});

function Rows({ queues: all, onOpen }: { queues: Queue[]; onOpen: ((queue: Queue) => void) | undefined }) {
  const { t } = useTranslation("desk");
  const reorder = useReorder();
  const [dragged, setDragged] = useState<number>();
  const [told, setTold] = useState("");
  const move = (from: number, to: number) => {
    const order = moved(all, from, to);
    if (order === all) return;
    reorder.mutate(order);
    setTold(t("queues.moved", { name: all[from]?.name ?? "", place: to + 1 }));
  };
  return (
    <div className={cards.card}>
      <ol className={classes.rows} aria-label={t("queues.title")}>
        {all.map((queue, index) => (
          <li
            key={queue.id}
            className={classes.row}
            draggable={Boolean(onOpen) && !isDefault(queue)}
            data-dragged={dragged === index || undefined}
            onDragStart={() => setDragged(index)}
            onDragEnd={() => setDragged(undefined)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => dragged !== undefined && move(dragged, Math.min(index, all.length - 2))}
          >
            <span className={classes.grip} title={t("queues.drag")}>
              {onOpen && !isDefault(queue) && <IconGripVertical size={16} aria-hidden />}
            </span>
            <div style={{ minWidth: 0, flex: 1 }}>
              <Group gap={8}>
                <Text fw={600}>{queue.name}</Text>
                {!queue.enabled && <Pill>{t("queues.off")}</Pill>}
              </Group>
              <Text c="dimmed" fz="sm">
                {isDefault(queue) ? t("queues.all") : rulesOf(queue) || t("queues.byHand")}
              </Text>
            </div>
            <Text fz="sm" c="dimmed" visibleFrom="sm">
              {queue.members ? t("queues.people", { count: queue.members.length }) : t("queues.everybody")}
            </Text>
            {onOpen && (
              <Group gap={4} wrap="nowrap">
                {!isDefault(queue) && (
                  <>
                    <ActionIcon
                      size={32}
                      aria-label={t("queues.up", { name: queue.name })}
                      {...inactive(index === 0)}
                      onClick={() => move(index, index - 1)}
                    >
                      <IconArrowUp size={16} />
                    </ActionIcon>
                    <ActionIcon
                      size={32}
                      aria-label={t("queues.down", { name: queue.name })}
                      {...inactive(index >= all.length - 2)}
                      onClick={() => move(index, index + 1)}
                    >
                      <IconArrowDown size={16} />
                    </ActionIcon>
                  </>
                )}
                <ActionIcon size={32} aria-label={t("queues.edit", { name: queue.name })} onClick={() => onOpen(queue)}>
                  <IconEdit size={16} stroke={1.6} />
                </ActionIcon>
              </Group>
            )}
          </li>
        ))}
      </ol>
      <Text className="sr-only" role="status">
        {told}
      </Text>
    </div>
  );
}
