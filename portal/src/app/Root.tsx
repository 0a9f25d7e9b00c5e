import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useSession } from "../api/session";
import { Shell } from "./Shell";

const SignInPage = lazy(() => import("../features/access/SignInPage").then((file) => ({ default: file.SignInPage })));
const SignInAgain = lazy(() => import("../features/access/SignInPage").then((file) => ({ default: file.SignInAgain })));

/** The portal for who is signed in, and the door for everybody else; the address stays, so that a link opens after signing in. */
export function Root() {
  const session = useSession();
  if (session.state === "starting") return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      {session.state === "signed-out" ? <SignInPage /> : <Shell />}
      {session.state === "lost" && <SignInAgain email={session.me.email} />}
    </Suspense>
  );
}

function Waiting() {
  return (
    <Center h="100dvh">
      <Loader type="dots" role="status" aria-label="Parley" />
    </Center>
  );
}
