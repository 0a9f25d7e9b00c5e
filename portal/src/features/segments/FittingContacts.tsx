import { Button, Group, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { DataTable } from "../../ui/DataTable";
import { ErrorState } from "../../ui/ErrorState";
import { useFormat } from "../../ui/useFormat";
import { fitting } from "./data";

/** The people a segment means at the moment, as far as one has looked. */
export function FittingContacts({ segmentId }: { segmentId: string }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const found = useInfiniteQuery(fitting(segmentId));
  const rows = found.data?.pages.flatMap((page) => page.items);
  return (
    <section style={{ marginTop: 32 }}>
      <Title order={2} fz="md" mb="sm">
        {t("contacts.title")}
      </Title>
      {found.error && !found.data ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : rows?.length === 0 && !found.hasNextPage ? (
        <Text c="dimmed">{t("contacts.none")}</Text>
      ) : (
        <DataTable
          label={t("contacts.title")}
          rows={rows}
          keyOf={(contact) => String(contact.id)}
          columns={[
            {
              id: "name",
              title: t("name"),
              cell: (contact) => (
                <Text
                  component={Link}
                  to="/contacts/$contactId"
                  params={{ contactId: String(contact.id) } as never}
                  fw={500}
                  style={{ textDecoration: "none" }}
                >
                  {[contact.firstName, contact.lastName].filter(Boolean).join(" ") ||
                    contact.profileName ||
                    `#${contact.id}`}
                </Text>
              ),
            },
            {
              id: "phone",
              title: t("contacts.phone"),
              cell: (contact) => (
                <span className="tabular" dir="ltr">
                  {contact.addresses.msisdn ?? contact.addresses.bsuid ?? ""}
                </span>
              ),
            },
            {
              id: "country",
              title: t("contacts.country"),
              cell: (contact) => contact.country && format.country(contact.country),
            },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
            {t("contacts.more")}
          </Button>
        </Group>
      )}
    </section>
  );
}
