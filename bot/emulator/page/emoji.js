// Emoji: the character for each name that `emoji.py` knows, and a drawing or the name where no font has the character.
import { h, svg } from "./dom.js";

const TABLE = `
  100 💯  1234 🔢  +1 👍  -1 👎  thumbsup 👍  thumbsdown 👎  ok 🆗  ok_hand 👌  wave 👋  clap 👏  raised_hands 🙌
  open_hands 👐  pray 🙏  handshake 🤝  muscle 💪  point_up ☝️  point_down 👇  point_left 👈  point_right 👉
  point_up_2 👆  fist ✊  facepunch 👊  punch 👊  v ✌️  crossed_fingers 🤞  hand ✋  raised_hand ✋  raising_hand 🙋
  call_me_hand 🤙  writing_hand ✍️  eyes 👀  eye 👁️  brain 🧠  ear 👂  nose 👃  lips 👄  tongue 👅  smile 😄  smiley 😃
  grinning 😀  grin 😁  laughing 😆  satisfied 😆  sweat_smile 😅  joy 😂  rolling_on_the_floor_laughing 🤣  relaxed ☺️
  blush 😊  innocent 😇  slightly_smiling_face 🙂  simple_smile 🙂  upside_down_face 🙃  wink 😉  relieved 😌
  heart_eyes 😍  kissing_heart 😘  yum 😋  stuck_out_tongue 😛  stuck_out_tongue_winking_eye 😜  zany_face 🤪
  sunglasses 😎  nerd_face 🤓  star-struck 🤩  partying_face 🥳  smirk 😏  unamused 😒  disappointed 😞  pensive 😔
  worried 😟  confused 😕  slightly_frowning_face 🙁  white_frowning_face ☹️  persevere 😣  confounded 😖  tired_face 😫
  weary 😩  cry 😢  sob 😭  triumph 😤  angry 😠  rage 😡  exploding_head 🤯  flushed 😳  hot_face 🥵  cold_face 🥶
  scream 😱  fearful 😨  cold_sweat 😰  disappointed_relieved 😥  sweat 😓  hugging_face 🤗  thinking_face 🤔
  shushing_face 🤫  neutral_face 😐  expressionless 😑  no_mouth 😶  grimacing 😬  face_with_rolling_eyes 🙄  hushed 😯
  frowning 😦  anguished 😧  open_mouth 😮  astonished 😲  sleeping 😴  sleepy 😪  zzz 💤  dizzy_face 😵  zipper_mouth_face 🤐
  face_with_monocle 🧐  mask 😷  skull 💀  ghost 👻  alien 👽  robot_face 🤖  clown_face 🤡  poop 💩  hankey 💩
  melting_face 🫠  saluting_face 🫡  facepalm 🤦  face_palm 🤦  shrug 🤷  bow 🙇  heart ❤️  orange_heart 🧡
  yellow_heart 💛  green_heart 💚  blue_heart 💙  purple_heart 💜  black_heart 🖤  white_heart 🤍  broken_heart 💔
  two_hearts 💕  sparkling_heart 💖  heartbeat 💓  fire 🔥  sparkles ✨  star ⭐  star2 🌟  dizzy 💫  boom 💥  collision 💥
  zap ⚡  sunny ☀️  cloud ☁️  rainbow 🌈  snowflake ❄️  snowman ☃️  umbrella ☂️  droplet 💧  ocean 🌊  tada 🎉
  confetti_ball 🎊  balloon 🎈  gift 🎁  trophy 🏆  medal 🎖️  first_place_medal 🥇  second_place_medal 🥈  dart 🎯
  rocket 🚀  airplane ✈️  car 🚗  bus 🚌  ship 🚢  train 🚋  bike 🚲  rotating_light 🚨  construction 🚧  checkered_flag 🏁
  triangular_flag_on_post 🚩  white_check_mark ✅  heavy_check_mark ✔️  ballot_box_with_check ☑️  x ❌
  negative_squared_cross_mark ❎  heavy_plus_sign ➕  heavy_minus_sign ➖  question ❓  grey_question ❔  exclamation ❗
  grey_exclamation ❕  bangbang ‼️  interrobang ⁉️  warning ⚠️  no_entry ⛔  no_entry_sign 🚫  octagonal_sign 🛑
  stop_sign 🛑  sos 🆘  recycle ♻️  arrow_up ⬆️  arrow_down ⬇️  arrow_left ⬅️  arrow_right ➡️  left_right_arrow ↔️
  arrow_up_down ↕️  arrows_counterclockwise 🔄  repeat 🔁  rewind ⏪  fast_forward ⏩  new 🆕  free 🆓  up 🆙  cool 🆒
  soon 🔜  on 🔛  end 🔚  back 🔙  top 🔝  red_circle 🔴  large_orange_circle 🟠  large_yellow_circle 🟡
  large_green_circle 🟢  large_blue_circle 🔵  large_purple_circle 🟣  white_circle ⚪  black_circle ⚫
  large_red_square 🟥  large_green_square 🟩  small_blue_diamond 🔹  large_blue_diamond 🔷  bell 🔔  no_bell 🔕  mega 📣
  loudspeaker 📢  speech_balloon 💬  thought_balloon 💭  left_speech_bubble 🗨️  mute 🔇  speaker 🔈  sound 🔉
  telephone_receiver 📞  phone ☎️  iphone 📱  computer 💻  keyboard ⌨️  printer 🖨️  email ✉️  envelope ✉️
  incoming_envelope 📨  mailbox 📫  inbox_tray 📥  outbox_tray 📤  package 📦  memo 📝  pencil 📝  pencil2 ✏️  pushpin 📌
  round_pushpin 📍  paperclip 📎  link 🔗  scissors ✂️  file_folder 📁  open_file_folder 📂  clipboard 📋
  page_facing_up 📄  calendar 📆  date 📅  spiral_calendar_pad 🗓️  card_index 📇  bar_chart 📊
  chart_with_upwards_trend 📈  chart_with_downwards_trend 📉  book 📖  books 📚  bookmark 🔖  newspaper 📰  label 🏷️
  moneybag 💰  dollar 💵  euro 💶  pound 💷  credit_card 💳  money_with_wings 💸  hourglass ⌛  hourglass_flowing_sand ⏳
  watch ⌚  alarm_clock ⏰  stopwatch ⏱️  timer_clock ⏲️  clock1 🕐  clock2 🕑  clock3 🕒  clock4 🕓  clock5 🕔  clock6 🕕
  clock7 🕖  clock8 🕗  clock9 🕘  clock10 🕙  clock11 🕚  clock12 🕛  key 🔑  lock 🔒  unlock 🔓  hammer 🔨  wrench 🔧
  hammer_and_wrench 🛠️  gear ⚙️  nut_and_bolt 🔩  scales ⚖️  shield 🛡️  bulb 💡  flashlight 🔦  battery 🔋
  electric_plug 🔌  mag 🔍  mag_right 🔎  microscope 🔬  telescope 🔭  test_tube 🧪  bug 🐛  coffee ☕  tea 🍵  beer 🍺
  beers 🍻  wine_glass 🍷  champagne 🍾  pizza 🍕  hamburger 🍔  cake 🍰  birthday 🎂  cookie 🍪  doughnut 🍩  apple 🍎
  banana 🍌  popcorn 🍿  dog 🐶  cat 🐱  mouse 🐭  rabbit 🐰  fox_face 🦊  bear 🐻  panda_face 🐼  monkey 🐒  see_no_evil 🙈
  hear_no_evil 🙉  speak_no_evil 🙊  chicken 🐔  penguin 🐧  bird 🐦  unicorn_face 🦄  bee 🐝  turtle 🐢  octopus 🐙
  whale 🐳  dolphin 🐬  seedling 🌱  evergreen_tree 🌲  deciduous_tree 🌳  palm_tree 🌴  cactus 🌵  herb 🌿
  four_leaf_clover 🍀  rose 🌹  tulip 🌷  sunflower 🌻  earth_africa 🌍  earth_americas 🌎  earth_asia 🌏
  globe_with_meridians 🌐  moon 🌔  zero 0️⃣  one 1️⃣  two 2️⃣  three 3️⃣  four 4️⃣  five 5️⃣  six 6️⃣  seven 7️⃣
  eight 8️⃣  nine 9️⃣  keycap_ten 🔟  hash #️⃣  abc 🔤  information_source ℹ️  copyright ©️  registered ®️
  wastebasket 🗑️  trash 🗑️  lightning 🌩️  white_large_square ⬜  black_large_square ⬛  crown 👑  gem 💎  ring 💍
  briefcase 💼  handbag 👜  eyeglasses 👓
`;
const CHARACTERS = new Map(TABLE.trim().split(/\s{2,}|\n/).map((pair) => pair.split(" ")));
const NAMES = new Map([...CHARACTERS].reverse().map(([name, character]) => [character, name]));

// Those that the bot writes most, for a machine without a font for emoji. Others show their name there.
const DRAWINGS = {
  "+1": "M5 7.5 7.5 2.5c1.2 0 1.6 1 1.3 2.2L8.3 6.5H12c1 0 1.6.8 1.4 1.7l-1 4.2c-.2.7-.8 1.1-1.5 1.1H5zM2.5 7.5H5v6H2.5z",
  "-1": "M5 8.5 7.5 13.5c1.2 0 1.6-1 1.3-2.2L8.3 9.5H12c1 0 1.6-.8 1.4-1.7l-1-4.2c-.2-.7-.8-1.1-1.5-1.1H5zM2.5 8.5H5v-6H2.5z",
  bell: "M3 11.5c1-1 1.3-2 1.3-4a3.7 3.7 0 0 1 7.4 0c0 2 .3 3 1.3 4zM6.7 13.2a1.4 1.4 0 0 0 2.6 0M8 2v1.8",
  zzz: "M2.5 8.5h4l-4 5h4M9 3h4.5L9 8.5h4.5",
  no_entry: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4.5 8h7",
  no_entry_sign: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 3.8l8.4 8.4",
  left_right_arrow: "M2 8h12M5 5 2 8l3 3M11 5l3 3-3 3",
  arrow_right: "M2 8h12M10 4l4 4-4 4",
  hourglass_flowing_sand: "M4 2h8M4 14h8M5 2c0 4 6 4.5 6 9v3M11 2c0 4-6 4.5-6 9v3",
  memo: "M3 2h7l3 3v9H3zM5.5 6h4M5.5 8.5h5M5.5 11h3",
  tada: "M2.5 13.5 5.5 6l4.5 4.5zM9 5c0-1.5 1-2 2-2.5M11 8c1-1 2-1 2.5-.5M12.5 4.5h.01",
  white_check_mark: "M2.5 2.5h11v11h-11zM5 8l2.2 2.4L11 5.5",
  raising_hand: "M6.5 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2.5 14c0-3.5 1.5-5 4-5 1.6 0 3.2.3 4.2-1.6L12.5 3.5",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8h.01",
  eyes: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
};

/** The nodes for an emoji's name; ":name:" where there is no such emoji. */
export function emoji(name) {
  const character = CHARACTERS.get(name.split("::")[0]);
  return character ? withDrawings(character) : [`:${name}:`];
}

/** *text* as nodes: what no font of this machine has is drawn, or named. */
export function withDrawings(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(/\p{Extended_Pictographic}\u{FE0F}?/gu)) {
    if (hasGlyph(match[0])) continue;
    nodes.push(text.slice(at, match.index), inPlaceOf(match[0]));
    at = match.index + match[0].length;
  }
  return [...nodes, text.slice(at)].filter((one) => one !== "");
}

function inPlaceOf(character) {
  const name = NAMES.get(character) ?? NAMES.get(character.replace("\u{FE0F}", "")) ?? NAMES.get(`${character}\u{FE0F}`);
  const words = { "+1": "thumbs up", "-1": "thumbs down" }[name] ?? (name ?? "emoji").replaceAll("_", " ");
  const shape = DRAWINGS[name] ? svg(DRAWINGS[name]) : `:${name ?? "emoji"}:`;
  return h("span", { class: DRAWINGS[name] ? "emoji" : "emoji named", role: "img", "aria-label": words, dataset: { emoji: character } }, shape);
}

const seen = new Map();
let canvas = null;
let missing = null;

/** Whether some font has *character*: without one, all that are missing look alike. */
function hasGlyph(character) {
  missing ??= look("\u{10FFFD}"); // one that stands for nothing
  if (!seen.has(character)) seen.set(character, look(character) !== missing);
  return seen.get(character);
}

function look(character) {
  canvas ??= Object.assign(document.createElement("canvas"), { width: 32, height: 32 }).getContext("2d", { willReadFrequently: true });
  canvas.clearRect(0, 0, 32, 32);
  canvas.font = `16px ${getComputedStyle(document.body).fontFamily}`;
  canvas.fillText(character.replace("\u{FE0F}", ""), 4, 22);
  return canvas.getImageData(0, 0, 32, 32).data.join();
}
