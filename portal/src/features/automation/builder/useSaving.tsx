import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import { done, failed } from "../../../ui/toasts";
import { useIsHere, whenDone } from "../../../ui/whenDone";
import { type DefinitionView, documentOf, useCreate, useSave } from "../data";
import type { Workflow } from "../model/document";
import { ConflictDialog } from "./ConflictDialog";
import type { Editing } from "./useEditing";

interface Wanted {
  definitionId: string | undefined;
  editing: Editing;
  onStored: ((view: DefinitionView) => void) | undefined;
}

export interface Saving {
  isPending: boolean;
  /** Stores the canvas as the next version, enabled or not. */
  save: (status?: "enabled" | "disabled") => void;
  dialogs: ReactNode;
}

const TESTS_ARE_RED = "5002";

export function useSaving({ definitionId, editing, onStored }: Wanted): Saving {
  const { t } = useTranslation("automation");
  const navigate = useNavigate();
  const create = useCreate();
  const store = useSave();
  const isHere = useIsHere();
  const [conflict, setConflict] = useState<Workflow>();

  const send = (document: Workflow, version: number) => {
    const name = document.definition.name;
    const onSuccess = (view: DefinitionView) => {
      setConflict(undefined);
      const stored = documentOf(view);
      // The server writes a document its own way (defaults left out): what it answers is what there is.
      editing.open(view.version, stored);
      done(t(stored.status === "enabled" ? "saving.live" : "saving.saved", { name, version: view.version }));
      if (isHere()) onStored?.(view);
    };
    const onError = (error: unknown) => {
      if (error instanceof ApiError && (error.status === 409 || error.status === 412) && definitionId)
        return setConflict(document);
      failed(error);
      if (error instanceof ApiError && error.code === TESTS_ARE_RED && definitionId && isHere())
        navigate({ to: "/workflows/$definitionId", params: { definitionId }, search: { tab: "tests" } });
    };
    if (definitionId) whenDone(store.mutateAsync({ definitionId, version, document }), onSuccess, onError);
    else whenDone(create.mutateAsync(document), onSuccess, onError);
  };
  const save: Saving["save"] = (status) => {
    const { status: _, ...rest } = editing.document;
    const wanted = status ?? editing.document.status;
    send(wanted === "enabled" ? { ...rest, status: "enabled" } : rest, editing.version);
  };
  return {
    isPending: create.isPending || store.isPending,
    save,
    dialogs: conflict && definitionId && (
      <ConflictDialog
        definitionId={definitionId}
        mine={conflict}
        baseVersion={editing.version}
        isPending={store.isPending}
        onKeepMine={(version) => send(conflict, version)}
        onTakeTheirs={(view) => {
          editing.open(view.version, documentOf(view));
          setConflict(undefined);
        }}
        onClose={() => setConflict(undefined)}
      />
    ),
  };
}
