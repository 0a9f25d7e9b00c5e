import {
  Button,
  Drawer,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { channels } from "../../api/channels";
import { ApiError } from "../../api/client";
import { agents } from "../../api/desk";
import { done } from "../../ui/toasts";
import { WeekField } from "../../ui/WeekField";
import { shiftsOf, weekOf } from "../../ui/week";
import { whenDone } from "../../ui/whenDone";
import { useDeleteQueue, useSaveQueue } from "./data";
import { draftOf, isDefault, LAST, type Queue, type QueueDraft } from "./order";
import { conditionsOf, valuesOf } from "./rules";

const METHODS = ["round_robin", "least_busy", "pick"] as const;
const TARGETS = ["assign", "firstResponse", "nextResponse", "resolution"] as const;

interface Props {
  queue: Queue | undefined;
  queues: Queue[];
  onClose: () => void;
}

/** Everything a queue is set up with. */
export function QueueDrawer({ queue, queues, onClose }: Props) {
  const { t } = useTranslation("desk");
  const save = useSaveQueue(queue);
  const people = useQuery(agents).data?.items ?? [];
  const lines = useQuery(channels).data?.items ?? [];
  const [draft, setDraft] = useState<QueueDraft>(() => (queue ? draftOf(queue) : fresh(queues)));
  const shifts = draft.hours?.shifts ?? [];
  const [week, setWeek] = useState(() => weekOf(shifts));
  const change = (more: Partial<QueueDraft>) => setDraft((before) => ({ ...before, ...more }));
  const last = queue !== undefined && isDefault(queue);
  const conditions = {
    channel: valuesOf({ conditions: draft.conditions ?? [] } as Queue, "channel"),
    country: valuesOf({ conditions: draft.conditions ?? [] } as Queue, "country"),
    customer_group: valuesOf({ conditions: draft.conditions ?? [] } as Queue, "customer_group"),
  };
  const setCondition = (name: keyof typeof conditions, values: string[]) =>
    change({ conditions: conditionsOf({ ...conditions, [name]: values }, draft.conditions ?? []) });
  const general = draft.sla?.find((each) => !each.channelId);
  const setTarget = (name: (typeof TARGETS)[number], value: number | string) => {
    const target = { ...general, [name]: value === "" ? null : Number(value) };
    const others = draft.sla?.filter((each) => each.channelId) ?? [];
    change({ sla: TARGETS.some((each) => target[each]) ? [...others, target] : others });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const hours = { ...draft.hours, shifts: shiftsOf(week, shifts) };
    whenDone(save.mutateAsync({ ...draft, hours }), () => {
      done(t("queues.saved", { name: draft.name }));
      onClose();
    });
  };
  const wrong = (field: string) => (save.error instanceof ApiError ? save.error.field(field) : undefined);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={520}
      title={queue ? t("queues.edit", { name: queue.name }) : t("queues.create")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("queues.name")}
            required
            maxLength={80}
            value={draft.name}
            error={wrong("name")}
            onChange={(event) => change({ name: event.currentTarget.value })}
            data-autofocus
          />
          <TextInput
            label={t("queues.description")}
            maxLength={500}
            value={draft.description ?? ""}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
          {!last && (
            <Switch
              label={t("queues.enabled")}
              checked={draft.enabled ?? true}
              onChange={(event) => change({ enabled: event.currentTarget.checked })}
            />
          )}
          {!last && (
            <Part title={t("queues.rulesTitle")} text={t("queues.rulesText")}>
              <MultiSelect
                label={t("queues.channels")}
                data={lines.map((each) => ({ value: each.id, label: each.name || each.id }))}
                value={conditions.channel}
                onChange={(values) => setCondition("channel", values)}
              />
              <TagsInput
                label={t("queues.countries")}
                description={t("queues.countriesText")}
                value={conditions.country}
                onChange={(values) =>
                  setCondition(
                    "country",
                    values.map((each) => each.trim().toUpperCase()),
                  )
                }
                error={wrong("conditions")}
              />
              <TagsInput
                label={t("queues.groups")}
                value={conditions.customer_group}
                onChange={(values) => setCondition("customer_group", values)}
              />
            </Part>
          )}
          <Part title={t("queues.whoTitle")}>
            <Switch
              label={t("queues.allMembers")}
              checked={!draft.members}
              onChange={(event) => change({ members: event.currentTarget.checked ? null : [] })}
            />
            {draft.members && (
              <MultiSelect
                label={t("queues.members")}
                description={t("queues.membersText")}
                searchable
                data={people.map((each) => ({ value: each.id, label: each.name }))}
                value={draft.members.map((each) => each.agentId)}
                onChange={(ids) =>
                  change({
                    members: ids.map((id) => draft.members?.find((each) => each.agentId === id) ?? { agentId: id }),
                  })
                }
              />
            )}
            <Select
              label={t("queues.method")}
              allowDeselect={false}
              value={draft.method ?? "round_robin"}
              onChange={(method) => method && change({ method: method as QueueDraft["method"] })}
              data={METHODS.map((value) => ({ value, label: t(`queues.methods.${value}`) }))}
            />
          </Part>
          <Part title={t("queues.slaTitle")} text={t("queues.slaText")}>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              {TARGETS.map((name) => (
                <NumberInput
                  key={name}
                  label={t(`queues.sla.${name}`)}
                  min={1}
                  allowDecimal={false}
                  value={general?.[name] ?? ""}
                  onChange={(value) => setTarget(name, value)}
                />
              ))}
            </SimpleGrid>
          </Part>
          <Part title={t("queues.hoursTitle")} text={t("queues.hoursText")}>
            <WeekField
              timeZone={draft.hours?.timeZone ?? "UTC"}
              week={week}
              labels={{
                timeZone: t("queues.timeZone"),
                from: (day) => t("queues.from", { day }),
                until: (day) => t("queues.until", { day }),
              }}
              onTimeZone={(timeZone) => change({ hours: { ...draft.hours, timeZone } })}
              onWeek={setWeek}
            />
            <Textarea
              label={t("queues.awayMessage")}
              maxLength={1024}
              autosize
              minRows={2}
              value={draft.awayMessage ?? ""}
              onChange={(event) => change({ awayMessage: event.currentTarget.value })}
            />
          </Part>
          <Part title={t("queues.overflowTitle")}>
            <Group grow align="flex-start">
              <NumberInput
                label={t("queues.overflowAfter")}
                min={1}
                allowDecimal={false}
                value={draft.overflow ? draft.overflow.afterSeconds / 60 : ""}
                onChange={(value) =>
                  change({
                    overflow:
                      value === ""
                        ? null
                        : { queueId: draft.overflow?.queueId ?? "default", afterSeconds: Number(value) * 60 },
                  })
                }
              />
              <Select
                label={t("queues.overflowTo")}
                disabled={!draft.overflow}
                allowDeselect={false}
                value={draft.overflow?.queueId ?? null}
                onChange={(queueId) =>
                  queueId && draft.overflow && change({ overflow: { ...draft.overflow, queueId } })
                }
                data={queues
                  .filter((each) => each.id !== queue?.id)
                  .map((each) => ({ value: each.id, label: each.name }))}
              />
            </Group>
          </Part>
          <TagsInput
            label={t("queues.dispositions")}
            description={t("queues.dispositionsText")}
            value={draft.dispositions ?? []}
            onChange={(dispositions) => change({ dispositions })}
          />
          <Group justify="space-between">
            {queue && !last ? <Delete queue={queue} onDone={onClose} /> : <span />}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t("action.save")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

function Delete({ queue, onDone }: { queue: Queue; onDone: () => void }) {
  const { t } = useTranslation("desk");
  const remove = useDeleteQueue();
  const [asked, setAsked] = useState(false);
  const act = () => {
    if (!asked) setAsked(true);
    else {
      whenDone(remove.mutateAsync(queue.id), () => {
        done(t("queues.removed", { name: queue.name }));
        onDone();
      });
    }
  };
  return (
    <Button color="red" variant={asked ? "filled" : "subtle"} loading={remove.isPending} onClick={act}>
      {asked ? t("queues.removeTitle", { name: queue.name }) : t("queues.remove")}
    </Button>
  );
}

function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} fz="md">
        {title}
      </Title>
      {text && (
        <Text c="dimmed" fz="sm" mb={4}>
          {text}
        </Text>
      )}
      <Stack gap="sm" mt={6}>
        {children}
      </Stack>
    </section>
  );
}

/** A new queue is asked after those there are. */
function fresh(queues: Queue[]): QueueDraft {
  const numbers = queues.map((each) => each.priority).filter((each) => each < LAST - 10);
  return { name: "", priority: Math.max(0, ...numbers) + 10 };
}
