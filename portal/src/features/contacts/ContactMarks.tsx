import { ActionIcon, Button, Group, MultiSelect, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groups } from "../../api/groups";
import { useMay } from "../../api/session";
import { done } from "../../ui/toasts";
import { whenDone } from "../../ui/whenDone";
import classes from "./Contacts.module.css";
import { type Contact, useAccount, useMembers, usePatchContact } from "./data";
import { Panel } from "./Panel";

/** Tags and groups: what one sorts by. */
export function Marks({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const all = useQuery(groups(useAccount()));
  const patch = usePatchContact(contact);
  const members = useMembers();
  const mayWrite = may("contacts:write");
  const setGroups = (wanted: string[]) => {
    const now = contact.groups.map((each) => String(each.id));
    const joined = wanted.find((id) => !now.includes(id));
    const left = now.find((id) => !wanted.includes(id));
    const id = joined ?? left;
    const group = all.data?.items.find((each) => String(each.id) === id);
    if (!group) return;
    whenDone(members.mutateAsync({ groupId: group.id, contacts: [contact.id], out: !joined }), () =>
      done(t(joined ? "page.joined" : "page.left", { group: group.name })),
    );
  };
  return (
    <Panel title={t("page.details")}>
      <Stack gap="sm">
        <TagsInput
          label={t("tags")}
          placeholder={t("page.addTag")}
          readOnly={!mayWrite}
          value={contact.tags}
          onChange={(tags) => whenDone(patch.mutateAsync([{ op: "replace", path: "/tags", value: tags }]))}
        />
        <MultiSelect
          label={t("groupsOf")}
          placeholder={t("page.addGroup")}
          searchable
          readOnly={!mayWrite}
          value={contact.groups.map((each) => String(each.id))}
          data={(all.data?.items ?? contact.groups).map((each) => ({ value: String(each.id), label: each.name }))}
          onChange={setGroups}
        />
      </Stack>
    </Panel>
  );
}

export function Attributes({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contacts");
  const may = useMay();
  const patch = usePatchContact(contact);
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const entries = Object.entries(contact.customAttributes);
  const path = (key: string) => `/customAttributes/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return (
    <Panel title={t("page.attributes")}>
      {entries.length === 0 && (
        <Text c="dimmed" fz="sm">
          {t("page.noAttributes")}
        </Text>
      )}
      <dl className={classes.facts}>
        {entries.map(([key, held]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd dir="auto">
              {typeof held === "string" ? held : JSON.stringify(held)}
              {may("contacts:write") && (
                <ActionIcon
                  size="xs"
                  ms={6}
                  aria-label={t("page.removeAttribute", { name: key })}
                  onClick={() => whenDone(patch.mutateAsync([{ op: "remove", path: path(key) }]))}
                >
                  <IconX size={13} />
                </ActionIcon>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {may("contacts:write") && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            whenDone(patch.mutateAsync([{ op: "add", path: path(name.trim()), value }]), () => {
              setName("");
              setValue("");
            });
          }}
        >
          <Group gap="xs" mt="sm" align="flex-end">
            <TextInput
              size="xs"
              label={t("page.attribute")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <TextInput
              size="xs"
              label={t("page.value")}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button
              type="submit"
              size="xs"
              variant="default"
              h={30}
              disabled={!name.trim() || !value.trim()}
              loading={patch.isPending}
            >
              {t("page.addAttribute")}
            </Button>
          </Group>
        </form>
      )}
    </Panel>
  );
}
