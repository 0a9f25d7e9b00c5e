import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Opening() {
  const { t } = useTranslation("automation");
  return (
    <Center h="calc(100dvh - 48px)">
      <Loader type="dots" role="status" aria-label={t("builder.opening")} />
    </Center>
  );
}
