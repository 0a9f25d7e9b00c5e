import { Alert, Button, Group, Loader, Modal, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../api/client";
import { useMe } from "../../api/session";
import { done } from "../../ui/toasts";
import { useIsHere, whenDone } from "../../ui/whenDone";
import { checkDocument, type Problem, useCreate } from "./data";
import classes from "./Workflows.module.css";

/** The server takes no larger definition; a larger file is not even read. */
const MAX_BYTES = 300_000;

/** A file becomes a workflow: what is wrong with it first, all at once; then it is stored, disabled. */
export function ImportDialog({ file, onClose }: { file: File; onClose: () => void }) {
  const { t } = useTranslation("automation");
  const { accountId } = useMe();
  const navigate = useNavigate();
  const create = useCreate();
  const isHere = useIsHere();
  const read = useQuery({
    queryKey: ["workflow-import", file.name, file.size, file.lastModified],
    queryFn: async () => {
      const document = await parsed(file, t);
      return { document, problems: await checkDocument(accountId, document) };
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const errors = read.data?.problems.filter(hinders) ?? [];
  const store = () =>
    whenDone(create.mutateAsync({ ...read.data?.document, status: "disabled" }), (made) => {
      done(t("import.done", { name: String(made.definition.name) }));
      if (isHere()) navigate({ to: "/workflows/$definitionId", params: { definitionId: made.id } });
    });
  return (
    <Modal
      opened
      onClose={onClose}
      size={620}
      title={t("import.title", { file: file.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {read.isPending && <Loader type="dots" role="status" aria-label={t("import.checking")} />}
      {read.error && (
        <Alert color="red" role="alert">
          {read.error.message}
        </Alert>
      )}
      {read.data && (
        <>
          <Text>
            {errors.length > 0
              ? t("import.hindered", { count: errors.length })
              : read.data.problems.length > 0
                ? t("import.warned")
                : t("import.fine")}
          </Text>
          <ProblemList problems={read.data.problems} />
        </>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button disabled={!read.data || errors.length > 0} loading={create.isPending} onClick={store}>
          {t("import.action")}
        </Button>
      </Group>
    </Modal>
  );
}

export function ProblemList({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation("automation");
  return (
    <ul className={classes.found}>
      {problems.map((each) => (
        <li key={`${each.path} ${each.code} ${each.message}`}>
          {each.severity === "error" ? (
            <IconCircleX size={18} className={classes.bad} aria-label={t("problem.error")} role="img" />
          ) : (
            <IconAlertTriangle size={18} className={classes.warn} aria-label={t("problem.warning")} role="img" />
          )}
          <span>
            {each.step && <b>{each.step}: </b>}
            {each.message}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A channel that is not connected keeps a workflow from being enabled, not from being kept. */
function hinders(problem: Problem): boolean {
  return problem.severity === "error" && problem.code !== "channel_not_connected";
}

async function parsed(file: File, t: ReturnType<typeof useTranslation<"automation">>["t"]): Promise<object> {
  if (file.size > MAX_BYTES) throw new Error(t("import.tooLarge"));
  try {
    const document: unknown = JSON.parse(await file.text());
    if (typeof document === "object" && document !== null && !Array.isArray(document)) return document;
  } catch (error) {
    if (error instanceof ApiError) throw error;
  }
  throw new Error(t("import.notJson"));
}
