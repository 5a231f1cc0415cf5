// The emoji that sales people and bots write most, by Slack's names. Others stay as they are written.
const names = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", tada: "🎉", smile: "😄", grinning: "😀", joy: "😂",
  slightly_smiling_face: "🙂", wink: "😉", thinking_face: "🤔", rage: "😡", angry: "😠", cry: "😢", sob: "😭",
  disappointed: "😞", worried: "😟", sweat_smile: "😅", grimacing: "😬", face_with_rolling_eyes: "🙄", fire: "🔥",
  rotating_light: "🚨", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔",
  question: "❓", exclamation: "❗", bell: "🔔", no_bell: "🔕", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  alarm_clock: "⏰", clock1: "🕐", clock9: "🕘", stopwatch: "⏱️", calendar: "📅", date: "📅", eyes: "👀", wave: "👋",
  clap: "👏", pray: "🙏", muscle: "💪", handshake: "🤝", point_right: "👉", point_up: "☝️", raised_hands: "🙌",
  heart: "❤️", broken_heart: "💔", star: "⭐", sparkles: "✨", rocket: "🚀", bulb: "💡", memo: "📝", pencil: "✏️",
  pushpin: "📌", link: "🔗", telephone_receiver: "📞", phone: "☎️", email: "📧", envelope: "✉️", mailbox: "📫",
  speech_balloon: "💬", mega: "📣", loudspeaker: "📢", moneybag: "💰", chart_with_upwards_trend: "📈",
  chart_with_downwards_trend: "📉", left_right_arrow: "↔️", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️",
  arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁", large_green_circle: "🟢", large_yellow_circle: "🟡",
  red_circle: "🔴", large_orange_circle: "🟠", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  small_blue_diamond: "🔹", scales: "⚖️", shield: "🛡️", snowflake: "❄️", sunny: "☀️", coffee: "☕", skull: "💀",
  mute: "🔇", lock: "🔒", unlock: "🔓", key: "🔑", gear: "⚙️", hammer_and_wrench: "🛠️", lightning: "⚡", zap: "⚡",
  trash: "🗑️", wastebasket: "🗑️", paperclip: "📎", page_facing_up: "📄", newspaper: "📰", seedling: "🌱", checkered_flag: "🏁",
};

/** The character for an emoji's name, or ":name:". */
export const emoji = (name) => names[name.split("::")[0]] ?? `:${name}:`;
