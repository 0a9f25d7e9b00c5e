import { Code, Group, MultiSelect, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../../api/groups";
import { useMe } from "../../../api/session";
import { ErrorState } from "../../../ui/ErrorState";
import { Uploading } from "../../../ui/Uploading";
import { useFormat } from "../../../ui/useFormat";
import { useUpload } from "../../../ui/useUpload";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { campaign as campaignQuery, segments, uploadLink, usePicked, useTyped } from "../data";
import { ContactPicker, type Picked } from "./ContactPicker";
import { Frame } from "./Frame";
import { useKeptText } from "./useKeptText";
import classes from "./Wizard.module.css";
import type { StepProps } from "./WizardPage";

/** Where the people come from: a spreadsheet, the contacts in groups and segments, or numbers typed in. */
export function RecipientsStep(props: StepProps) {
  const { t } = useTranslation("campaigns");
  // Three long labels are wider than a phone.
  const isNarrow = useMediaQuery("(max-width: 36em)");
  const [source, setSource] = useState<string>(props.campaign.recipients?.source ?? "file");
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={t("recipients.source")}
        orientation={isNarrow ? "vertical" : "horizontal"}
        style={{ alignSelf: isNarrow ? "stretch" : "flex-start" }}
        value={source}
        onChange={setSource}
        data={[
          { value: "file", label: t("recipients.file") },
          { value: "contacts", label: t("recipients.contacts") },
          { value: "typed", label: t("recipients.typed") },
        ]}
      />
      {source === "file" ? (
        <FromFile {...props} />
      ) : source === "contacts" ? (
        <FromContacts {...props} />
      ) : (
        <Typed {...props} />
      )}
    </Stack>
  );
}

function FromFile({ campaign, onBack, onNext }: StepProps) {
  const { t } = useTranslation("campaigns");
  const client = useQueryClient();
  const upload = useUpload(
    (file) => uploadLink(campaign.id, file.name),
    async () => {
      await client.refetchQueries(campaignQuery(campaign.id));
      onNext();
    },
  );
  const known = campaign.recipients?.source === "file" ? campaign.recipients : undefined;
  return (
    <Frame onBack={onBack} onNext={known && !upload.file && known.state !== "refused" ? onNext : undefined}>
      <Stack gap="md">
        {known && !upload.file && (
          <Group className={classes.panel} gap="sm">
            <IconFileSpreadsheet size={22} stroke={1.4} aria-hidden />
            <Text fw={500}>{t("recipients.uploaded", { name: known.fileName })}</Text>
          </Group>
        )}
        <Uploading upload={upload} label={t(known ? "recipients.another" : "recipients.choose")} />
        {!known && !upload.file && <Example />}
      </Stack>
    </Frame>
  );
}

function Example() {
  const { t } = useTranslation("campaigns");
  return (
    <div>
      <Text fw={600} fz="sm">
        {t("recipients.example")}
      </Text>
      <Text c="dimmed" fz="sm" mb={6}>
        {t("recipients.exampleText")}
      </Text>
      <Code block>{"Mobile,First Name,Voucher\n+6592000001,Asha,SAVE15\n+6592000002,Rohit,SAVE20"}</Code>
    </div>
  );
}

function Typed({ campaign, onBack, onNext }: StepProps) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const [text, setText] = useKeptText(campaign.id);
  const typed = useTyped(campaign.id);
  const isHere = useIsHere();
  const numbers = text
    .split(/[\n,;]+/)
    .map((each) => each.trim())
    .filter(Boolean);
  const known = campaign.recipients?.source === "typed";
  const use = () =>
    whenDone(typed.mutateAsync(numbers), () => {
      setText("");
      if (isHere()) onNext();
    });
  const isFitting = numbers.length > 0 && numbers.length <= 10_000;
  return (
    <Frame onBack={onBack} busy={typed.isPending} onNext={isFitting ? use : known && !text ? onNext : undefined}>
      <Textarea
        label={t("recipients.numbers")}
        description={t("recipients.numbersText")}
        placeholder={"+6592000001\n+6592000002"}
        autosize
        minRows={6}
        maxRows={16}
        maw={560}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Text c="dimmed" fz="sm" mt={6} aria-live="polite">
        {t("recipients.numbersCount", { count: numbers.length, n: format.number(numbers.length) })}
      </Text>
    </Frame>
  );
}

function FromContacts({ campaign, onBack, onNext }: StepProps) {
  const { t } = useTranslation("campaigns");
  const me = useMe();
  const inGroups = useQuery(groups(me.accountId));
  const inSegments = useQuery(segments);
  const [people, setPeople] = useState<Picked[]>([]);
  const [groupIds, setGroups] = useState<string[]>([]);
  const [segmentIds, setSegments] = useState<string[]>([]);
  const picked = usePicked(campaign.id);
  const isHere = useIsHere();
  const error = inGroups.error ?? inSegments.error;
  const known = campaign.recipients?.source === "contacts" && campaign.recipients.state !== "refused";
  const chosen = people.length + groupIds.length + segmentIds.length > 0;
  const use = () =>
    whenDone(
      picked.mutateAsync({ contactIds: people.map((each) => each.id), groupIds, segmentIds }),
      () => isHere() && onNext(),
    );
  if (error) return <ErrorState error={error} retry={() => (inGroups.error ? inGroups : inSegments).refetch()} />;
  return (
    <Frame onBack={onBack} busy={picked.isPending} onNext={chosen ? use : known ? onNext : undefined}>
      <Stack gap="md" maw={560}>
        <ContactPicker picked={people} onPick={setPeople} />
        <MultiSelect
          label={t("recipients.groups")}
          searchable
          value={groupIds}
          data={inGroups.data?.items.map((each) => ({ value: String(each.id), label: each.name })) ?? []}
          nothingFoundMessage={t("recipients.noGroups")}
          onChange={setGroups}
        />
        <MultiSelect
          label={t("recipients.segments")}
          searchable
          value={segmentIds}
          data={
            inSegments.data?.items.map((each) => ({ value: each.id, label: `${each.name}: ${each.sentence}` })) ?? []
          }
          nothingFoundMessage={t("recipients.noSegments")}
          onChange={setSegments}
        />
        <Text c="dimmed" fz="sm">
          {t("recipients.contactsText")}
        </Text>
      </Stack>
    </Frame>
  );
}
