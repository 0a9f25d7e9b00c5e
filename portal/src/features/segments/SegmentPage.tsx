import { Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSpeakerphone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { useMay } from "../../api/session";
import { Ask } from "../../ui/Ask";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { done } from "../../ui/toasts";
import layout from "../../ui/WithAside.module.css";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { CampaignDialog } from "./CampaignDialog";
import { ConditionList } from "./ConditionList";
import { CountCard } from "./CountCard";
import { type Condition, conditionsOf, filterOf, isWhole } from "./conditions";
import { type Segment, segment as segmentQuery, useRemove, useSave } from "./data";
import { FittingContacts } from "./FittingContacts";
import classes from "./Segments.module.css";

export function NewSegmentPage() {
  return <Editor segment={undefined} />;
}

export function SegmentPage() {
  const { t } = useTranslation("segments");
  const { segmentId } = useParams({ from: "/segments/$segmentId" });
  const found = useQuery(segmentQuery(segmentId));
  if (found.data) return <Editor key={segmentId} segment={found.data} />;
  return (
    <Page title={t("title")}>
      {found.error ? <ErrorState error={found.error} retry={() => found.refetch()} /> : <Skeleton h={260} />}
    </Page>
  );
}

/** A description of people, written as a list of conditions, counted beside. */
function Editor({ segment }: { segment: Segment | undefined }) {
  const { t } = useTranslation("segments");
  const may = useMay();
  const navigate = useNavigate();
  const [name, setName] = useState(segment?.name ?? "");
  const [conditions, setConditions] = useState<Condition[]>(() => (segment ? conditionsOf(segment.filter) : []));
  const save = useSave(segment?.id);
  const isHere = useIsHere();
  const remove = useRemove();
  const [deleting, ask] = useDisclosure();
  const [using, use] = useDisclosure();
  const filter = filterOf(conditions, segment?.filter.subaccountId ?? "");
  const isReady = conditions.every(isWhole);
  const isKept =
    segment &&
    JSON.stringify(filter) === JSON.stringify(filterOf(conditionsOf(segment.filter), segment.filter.subaccountId));
  const mayWrite = may("contacts:write");
  const keep = () =>
    whenDone(save.mutateAsync({ name: name.trim(), filter }), (saved) => {
      done(t("saved", { name: saved.name }));
      if (!segment && isHere())
        navigate({ to: "/segments/$segmentId", params: { segmentId: saved.id }, replace: true });
    });
  return (
    <Page
      title={segment?.name ?? t("create")}
      text={t("text")}
      width={1180}
      actions={
        <>
          <Button component={Link} to="/segments" variant="default">
            {t("back")}
          </Button>
          {segment && may("campaigns:write") && (
            <Button
              variant="default"
              leftSection={<IconSpeakerphone size={16} />}
              disabled={!isKept}
              onClick={use.open}
            >
              {t("use.action")}
            </Button>
          )}
        </>
      }
    >
      <div className={layout.columns}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keep();
          }}
        >
          <Stack gap="md">
            <TextInput
              label={t("name")}
              maxLength={100}
              maw={420}
              value={name}
              readOnly={!mayWrite}
              error={save.error instanceof ApiError ? save.error.field("name") : undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ConditionList conditions={conditions} onChange={setConditions} isReadOnly={!mayWrite} />
            {mayWrite && (
              <Group justify="space-between">
                {segment ? (
                  <Button variant="subtle" color="red" onClick={ask.open}>
                    {t("remove")}
                  </Button>
                ) : (
                  <span />
                )}
                <Button type="submit" disabled={!name.trim() || !isReady} loading={save.isPending}>
                  {t("save")}
                </Button>
              </Group>
            )}
          </Stack>
        </form>
        <aside className={`${layout.aside} ${classes.aside}`}>
          <CountCard conditions={conditions} filter={filter} isReady={isReady} />
        </aside>
      </div>
      {segment && isKept && <FittingContacts segmentId={segment.id} />}
      {segment && !isKept && (
        <Text c="dimmed" fz="sm" mt="lg">
          {t("contacts.unsaved")}
        </Text>
      )}
      {segment && using && <CampaignDialog segment={segment} onClose={use.close} />}
      {segment && deleting && (
        <Ask
          title={t("removeTitle", { name: segment.name })}
          text={t("removeText")}
          yes={t("remove")}
          onClose={ask.close}
          onYes={async () => {
            await remove.mutateAsync(segment.id);
            done(t("removed", { name: segment.name }));
            navigate({ to: "/segments" });
          }}
        />
      )}
    </Page>
  );
}
