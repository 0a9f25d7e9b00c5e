import { DirectionProvider, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queries } from "../api/queries";
import { LANGUAGES, language } from "./i18n";
import { router } from "./router";
import { cssVariables, theme } from "./theme";

export function App() {
  return (
    <DirectionProvider initialDirection={LANGUAGES[language()].dir}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <Notifications position="bottom-center" limit={4} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
