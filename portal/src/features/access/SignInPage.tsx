import { Alert, Anchor, Box, Button, Modal, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { choosePassword, resetPassword, sendResetCode, signIn } from "../../api/session";
import { useTitle } from "../../ui/useTitle";

type Step = { at: "sign-in" } | { at: "first-password"; challenge: string } | { at: "forgotten" } | { at: "reset" };

export function SignInPage() {
  const { t } = useTranslation();
  useTitle(t("signIn.title"));
  return (
    <Box component="main" mih="100dvh" px="md" pt="14dvh" pb="xl" bg="var(--parley-sunken)">
      <Stack align="center" gap="lg">
        <img src="/mark.svg" alt="Parley" width={40} height={40} />
        <Paper withBorder p="xl" radius="lg" w="100%" maw={380}>
          <SignInSteps />
        </Paper>
      </Stack>
    </Box>
  );
}

/** Over the open page when its session has ended: what was typed stays where it is. */
export function SignInAgain({ email }: { email: string }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      padding="xl"
      attributes={{ content: { "aria-label": t("signIn.again") } }}
    >
      <SignInSteps email={email} text={t("signIn.againText")} />
    </Modal>
  );
}

function SignInSteps({ email: known = "", text }: { email?: string; text?: string }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>({ at: "sign-in" });
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [chosen, setChosen] = useState("");
  const [code, setCode] = useState("");
  const [told, setTold] = useState("");

  const address = (
    <TextInput
      type="email"
      autoComplete="username"
      label={t("signIn.email")}
      value={email}
      onChange={(event) => setEmail(event.currentTarget.value)}
      required
      data-autofocus={!known || undefined}
    />
  );
  const newPassword = (
    <PasswordInput
      autoComplete="new-password"
      label={t("signIn.newPassword")}
      description={t("signIn.passwordRule")}
      value={chosen}
      onChange={(event) => setChosen(event.currentTarget.value)}
      required
    />
  );
  const back = (
    <Anchor component="button" type="button" fz="sm" ta="center" onClick={() => setStep({ at: "sign-in" })}>
      {t("signIn.back")}
    </Anchor>
  );

  switch (step.at) {
    case "sign-in":
      return (
        <Form
          key="sign-in"
          title={t(known ? "signIn.again" : "signIn.title")}
          text={text ?? told}
          action={t("signIn.action")}
          run={async () => {
            const challenge = await signIn(email, password);
            if (challenge) setStep({ at: "first-password", challenge });
          }}
        >
          {address}
          <PasswordInput
            autoComplete="current-password"
            label={t("signIn.password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
            data-autofocus={known || undefined}
          />
          <Anchor component="button" type="button" fz="sm" ta="start" onClick={() => setStep({ at: "forgotten" })}>
            {t("signIn.forgotten")}
          </Anchor>
        </Form>
      );
    case "first-password":
      return (
        <Form
          key="first"
          title={t("signIn.firstTitle")}
          text={t("signIn.firstText")}
          action={t("signIn.firstAction")}
          run={() => choosePassword(email, step.challenge, chosen)}
        >
          {newPassword}
          {back}
        </Form>
      );
    case "forgotten":
      return (
        <Form
          key="forgotten"
          title={t("signIn.forgottenTitle")}
          text={t("signIn.forgottenText")}
          action={t("signIn.sendCode")}
          run={async () => {
            await sendResetCode(email);
            setStep({ at: "reset" });
          }}
        >
          {address}
          {back}
        </Form>
      );
    case "reset":
      return (
        <Form
          key="reset"
          title={t("signIn.forgottenTitle")}
          text={t("signIn.codeSent", { email })}
          action={t("signIn.resetAction")}
          run={async () => {
            await resetPassword(email, code.trim(), chosen);
            setTold(t("signIn.resetDone"));
            setPassword("");
            setStep({ at: "sign-in" });
          }}
        >
          <TextInput
            label={t("signIn.code")}
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            required
          />
          {newPassword}
          {back}
        </Form>
      );
  }
}

interface FormProps {
  title: string;
  text?: string;
  action: string;
  run: () => Promise<void>;
  children: ReactNode;
}

function Form({ title, text, action, run, children }: FormProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await run();
    } catch (error) {
      // What fetch throws when no answer came; everything else says itself what is wrong.
      const isAway = error instanceof TypeError || !(error instanceof Error);
      setProblem(isAway ? t("error.unreachableText") : error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>
          <Title order={1}>{title}</Title>
          {text && (
            <Text c="dimmed" mt={4}>
              {text}
            </Text>
          )}
        </div>
        {problem && (
          <Alert color="red" variant="light" role="alert" p="sm">
            {problem}
          </Alert>
        )}
        {children}
        <Button type="submit" loading={busy} fullWidth>
          {action}
        </Button>
      </Stack>
    </form>
  );
}
