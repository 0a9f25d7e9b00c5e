import { useEffect, useRef, useState } from "react";
import { failed } from "./toasts";
import { UploadFailed, type UploadForm, upload, wrongWith } from "./upload";

export type WrongFile = "type" | "empty" | "size" | UploadFailed["reason"];

/** Sends a file and goes on when it has arrived. What goes wrong is said beside the file, which is kept for another try. */
export function useUpload(formFor: (file: File) => Promise<UploadForm>, onDone: (file: File) => Promise<void> | void) {
  const [file, setFile] = useState<File>();
  const [done, setDone] = useState(0);
  const [wrong, setWrong] = useState<WrongFile>();
  const [at, setAt] = useState(0);
  const [error, setError] = useState("");
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (next: File) => {
    const bad = wrongWith(next);
    setFile(next);
    setDone(0);
    setError("");
    setWrong(bad);
    if (bad) return;
    const controller = new AbortController();
    running.current = controller;
    try {
      await upload(await formFor(next), next, setDone, controller.signal);
      await onDone(next);
      setFile(undefined);
    } catch (problem) {
      if (problem instanceof UploadFailed) {
        setAt(problem.at);
        setWrong(problem.reason);
      } else if (!controller.signal.aborted) {
        failed(problem);
        setError(problem instanceof Error ? problem.message : String(problem));
      }
    }
  };
  const stop = () => {
    running.current?.abort();
    setFile(undefined);
  };
  return { file, done, wrong, at, start, stop, error };
}
