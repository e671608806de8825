// Reads a JSON list of calendar files from standard input and writes what ical.js understands of each:
// a list, for each file, of [uid, start, end, title, description, place, status].
import ICAL from "ical.js";

const said = (event, name) => event.component.getFirstPropertyValue(name) ?? "";

function moment(time) {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${time} is in no zone`);
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString();
}

function entries(text) {
  const file = new ICAL.Component(ICAL.parse(text));
  return file.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return [
      event.uid,
      moment(event.startDate),
      moment(event.endDate),
      event.summary,
      said(event, "description"),
      said(event, "location"),
      said(event, "status"),
    ];
  });
}

let input = "";
for await (const part of process.stdin.setEncoding("utf8")) input += part;
process.stdout.write(JSON.stringify(JSON.parse(input).map(entries)));
