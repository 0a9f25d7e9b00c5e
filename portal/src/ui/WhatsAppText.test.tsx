// @vitest-environment jsdom
import "../../test/dom";
import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { WhatsAppText } from "./WhatsAppText";

const html = (text: string) => render(<WhatsAppText>{text}</WhatsAppText>).container.innerHTML;

it("shows WhatsApp's marks", () => {
  expect(html("Is *parking* free? _Yes_ ~no~ `code`")).toBe(
    "Is <strong>parking</strong> free? <em>Yes</em> <s>no</s> <code>code</code>",
  );
});

it("leaves signs that are no marks", () => {
  expect(html("2 * 3 * 4 and snake_case_name and * a *")).toBe("2 * 3 * 4 and snake_case_name and * a *");
});

it("makes links of addresses and of nothing else", () => {
  expect(html("See https://example.com/a?b=1. javascript:alert(1)")).toBe(
    'See <a href="https://example.com/a?b=1" target="_blank" rel="noreferrer noopener">https://example.com/a?b=1</a>. javascript:alert(1)',
  );
});

it("never shows HTML as HTML", () => {
  expect(html("<img src=x onerror=alert(1)>")).toBe("&lt;img src=x onerror=alert(1)&gt;");
});
