import { useTranslation } from "react-i18next";
import { PersonMark } from "../../ui/PersonMark";
import classes from "./Inbox.module.css";
import { type Onlooker, useOnlooked } from "./presence";

/** Who else is here, above the place where one writes. */
export function Onlookers({ ticketId }: { ticketId: string }) {
  const people = useOnlooked()(ticketId);
  const words = useWords();
  return (
    <div role="status" className={classes.onlookers}>
      {people.length > 0 && (
        <>
          {people.slice(0, 3).map((each) => (
            <PersonMark key={each.id} name={each.name} size={20} />
          ))}
          {words(people)}
        </>
      )}
    </div>
  );
}

/** "Mei is typing a reply", "Mei and Robin are viewing". Who writes matters more than who looks. */
export function useWords(): (people: Onlooker[]) => string {
  const { t, i18n } = useTranslation();
  return (people) => {
    const typing = people.filter((each) => each.state === "typing");
    const meant = typing.length > 0 ? typing : people;
    const names = new Intl.ListFormat(i18n.language).format(meant.map((each) => each.name));
    return t(typing.length > 0 ? "onlookers.typing" : "onlookers.viewing", { count: meant.length, names });
  };
}
