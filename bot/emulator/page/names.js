// What people, channels and times are called for whoever looks.

/** *screen* gives what is shown now, *me* the id of whoever looks. */
export function namesIn(screen, me) {
  const person = (id) => screen().people.find((one) => one.id === id);
  const channel = (id) => screen().channels.find((one) => one.id === id);
  const letters = (name) => { const parts = name.split(" "); return (parts.length > 1 ? parts.map((part) => part[0]).slice(0, 2).join("") : name.slice(0, 2)); };
  const names = {
    get me() { return names.personOf(me()); },
    get zone() { return names.me.tz; },
    personOf(id) {
      const one = person(id);
      const name = one?.real_name ?? (id === screen().slackbot ? "Slackbot" : id);
      return { ...one, name, initials: id === screen().slackbot ? "✱" : letters(name), tz: one?.tz || "UTC" };
    },
    person: (id) => `@${person(id)?.name ?? id}`,
    isMe: (id) => id === me(),
    channel: (id) => channel(id)?.name ?? id,
    people: () => screen().people,
    channels: () => screen().channels.filter((one) => one.is_member),
    placeName(place) {
      if (place.kind === "channel" || place.kind === "group") return `${place.kind === "group" ? "" : "#"}${place.name}`;
      return place.with.map((id) => names.personOf(id).name).join(", ") || names.personOf(me()).name;
    },
    tint: (id) => String([...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 8),
    iso: (ts) => new Date(Number(ts) * 1000).toISOString(),
    in(ts, options) { return new Intl.DateTimeFormat("en-GB", { timeZone: names.zone, ...options }).format(new Date(Number(ts) * 1000)); },
    time: (ts) => names.in(ts, { hour: "2-digit", minute: "2-digit" }),
    full: (ts) => names.in(ts, { dateStyle: "full", timeStyle: "medium" }),
    day: (ts) => names.in(ts, { weekday: "long", day: "numeric", month: "long" }),
    typed: (text) => text.replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => names.person(id)).replace(/<#(\w+)(?:\|[^>]*)?>/g, (_, id) => `#${names.channel(id)}`)
      .replace(/<!(\w+)[^>]*>/g, "@$1").replace(/<([^<>|]+)(?:\|[^<>]*)?>/g, "$1").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"),
  };
  return names;
}
