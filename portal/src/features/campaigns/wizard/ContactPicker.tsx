import { MultiSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { useMe } from "../../../api/session";
import { contacts } from "../data";

export interface Picked {
  id: string;
  label: string;
}

interface Props {
  picked: Picked[];
  onPick: (picked: Picked[]) => void;
}

/** Single people, searched for by a part of their name or number. */
export function ContactPicker({ picked, onPick }: Props) {
  const { t } = useTranslation("campaigns");
  const { accountId } = useMe();
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 250);
  const found = useQuery(contacts(accountId, asked));
  const offers = (found.data?.items ?? []).map((each) => ({ id: String(each.id), label: labelOf(each) }));
  const known = [...picked, ...offers.filter((each) => !picked.some((one) => one.id === each.id))];
  return (
    <MultiSelect
      label={t("recipients.people")}
      description={t("recipients.peopleText")}
      placeholder={picked.length > 0 ? undefined : t("recipients.findPeople")}
      searchable
      clearable
      hidePickedOptions
      clearButtonProps={{ "aria-label": t("recipients.nobody") }}
      searchValue={words}
      onSearchChange={setWords}
      // The server has searched already: by number, too, which need not stand in what is shown.
      filter={({ options }) => options}
      data={known.map((each) => ({ value: each.id, label: each.label }))}
      value={picked.map((each) => each.id)}
      onChange={(ids) => onPick(known.filter((each) => ids.includes(each.id)))}
      error={found.error?.message}
      nothingFoundMessage={found.isFetching ? t("recipients.searching") : t("recipients.noPeople")}
    />
  );
}

function labelOf(contact: Schemas["ContactsContactView"]): string {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(" ") || contact.profileName;
  const number = contact.addresses.msisdn?.replace(/^\+?/, "+") ?? contact.addresses.bsuid;
  return [name, number].filter(Boolean).join(" · ") || `#${contact.id}`;
}
