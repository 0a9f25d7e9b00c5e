import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RowsBehind } from "../../../ui/RowsBehind";
import { useFormat } from "../../../ui/useFormat";
import { unusableLink } from "../data";
import { Frame } from "./Frame";
import classes from "./Wizard.module.css";
import type { StepProps } from "./WizardPage";

/** What reading the file found: how many can be sent to, what cannot be used, where they are. */
export function ReadSummary({ campaign, onBack, onNext, onMap }: StepProps & { onMap: (() => void) | undefined }) {
  const { t } = useTranslation("campaigns");
  const format = useFormat();
  const summary = campaign.recipients?.summary;
  if (!summary) return null;
  const counts = [
    { id: "usable", label: t("fields.usable"), value: summary.valid },
    { id: "duplicate", label: t("fields.duplicate"), value: summary.duplicates },
    { id: "unusable", label: t("fields.unusable"), value: summary.invalid },
  ];
  const places = Object.entries(summary.destinations).sort(([, a], [, b]) => b - a);
  return (
    <Frame onBack={onBack} onNext={summary.valid > 0 ? onNext : undefined}>
      <Stack gap="md">
        <dl className={classes.counts} style={{ margin: 0 }}>
          {counts.map((each) => (
            <div key={each.id} className={classes.count}>
              <dt>{each.label}</dt>
              <dd>{format.number(each.value)}</dd>
            </div>
          ))}
        </dl>
        {summary.invalid > 0 && (
          <RowsBehind
            title={t("fields.unusableTitle", { count: summary.invalid, n: format.number(summary.invalid) })}
            text={t("fields.unusableText")}
            label={t("fields.unusableRows")}
            link={async () => (await unusableLink(campaign.id)).url}
          />
        )}
        <div className={classes.panel}>
          <Title order={2} fz={14} mb="xs">
            {t("fields.countries")}
          </Title>
          <Group gap="lg">
            {places.slice(0, 8).map(([code, count]) => (
              <Text key={code} fz="sm" className="tabular">
                {code === "unknown" ? t("fields.unknownCountry") : format.country(code)}{" "}
                <Text span fw={600}>
                  {format.number(count)}
                </Text>
              </Text>
            ))}
          </Group>
        </div>
        {onMap && (
          <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={onMap}>
            {t("fields.readAgain")}
          </Button>
        )}
      </Stack>
    </Frame>
  );
}
