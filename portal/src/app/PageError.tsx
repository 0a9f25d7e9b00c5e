import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorState } from "../ui/ErrorState";

/** A page that broke, or whose file did not arrive. A new deployment replaces the files an old tab asks for: loading anew mends that. */
export function PageError({ error }: ErrorComponentProps) {
  return (
    <ErrorState
      error={error instanceof Error ? error : new Error(String(error))}
      retry={() => window.location.reload()}
    />
  );
}
