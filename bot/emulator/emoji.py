"""The names of emoji that a reaction may have: the common ones of Slack's standard set. Add one where it is missed."""

NAMES = frozenset(
    """
    +1 -1 100 1234 thumbsup thumbsdown ok ok_hand wave clap raised_hands open_hands pray handshake muscle point_up
    point_down point_left point_right point_up_2 fist facepunch punch v crossed_fingers hand raised_hand
    raising_hand call_me_hand writing_hand eyes eye brain ear nose lips tongue smile smiley grinning grin laughing
    satisfied sweat_smile joy rolling_on_the_floor_laughing relaxed blush innocent slightly_smiling_face
    simple_smile upside_down_face wink relieved heart_eyes kissing_heart yum stuck_out_tongue
    stuck_out_tongue_winking_eye zany_face sunglasses nerd_face star-struck partying_face smirk unamused
    disappointed pensive worried confused slightly_frowning_face white_frowning_face persevere confounded tired_face
    weary cry sob triumph angry rage exploding_head flushed hot_face cold_face scream fearful cold_sweat
    disappointed_relieved sweat hugging_face thinking_face shushing_face neutral_face expressionless no_mouth
    grimacing face_with_rolling_eyes hushed frowning anguished open_mouth astonished sleeping sleepy zzz dizzy_face
    zipper_mouth_face face_with_monocle mask skull ghost alien robot_face clown_face poop hankey melting_face
    saluting_face facepalm face_palm shrug bow heart orange_heart yellow_heart green_heart blue_heart purple_heart
    black_heart white_heart broken_heart two_hearts sparkling_heart heartbeat fire sparkles star star2 dizzy boom
    collision zap sunny cloud rainbow snowflake snowman umbrella droplet ocean tada confetti_ball balloon gift
    trophy medal first_place_medal second_place_medal dart rocket airplane car bus ship train bike rotating_light
    construction checkered_flag triangular_flag_on_post white_check_mark heavy_check_mark ballot_box_with_check x
    negative_squared_cross_mark heavy_plus_sign heavy_minus_sign question grey_question exclamation grey_exclamation
    bangbang interrobang warning no_entry no_entry_sign octagonal_sign stop_sign sos recycle arrow_up arrow_down
    arrow_left arrow_right left_right_arrow arrow_up_down arrows_counterclockwise repeat rewind fast_forward new
    free up cool soon on end back top red_circle large_orange_circle large_yellow_circle large_green_circle
    large_blue_circle large_purple_circle white_circle black_circle large_red_square large_green_square
    small_blue_diamond large_blue_diamond bell no_bell mega loudspeaker speech_balloon thought_balloon
    left_speech_bubble mute speaker sound telephone_receiver phone iphone computer keyboard printer email envelope
    incoming_envelope mailbox inbox_tray outbox_tray package memo pencil pencil2 pushpin round_pushpin paperclip
    link scissors file_folder open_file_folder clipboard page_facing_up calendar date spiral_calendar_pad card_index
    bar_chart chart_with_upwards_trend chart_with_downwards_trend book books bookmark newspaper label moneybag
    dollar euro pound credit_card money_with_wings hourglass hourglass_flowing_sand watch alarm_clock stopwatch
    timer_clock clock1 clock2 clock3 clock4 clock5 clock6 clock7 clock8 clock9 clock10 clock11 clock12 key lock
    unlock hammer wrench hammer_and_wrench gear nut_and_bolt scales shield bulb flashlight battery electric_plug mag
    mag_right microscope telescope test_tube bug coffee tea beer beers wine_glass champagne pizza hamburger cake
    birthday cookie doughnut apple banana popcorn dog cat mouse rabbit fox_face bear panda_face monkey see_no_evil
    hear_no_evil speak_no_evil chicken penguin bird unicorn_face bee turtle octopus whale dolphin seedling
    evergreen_tree deciduous_tree palm_tree cactus herb four_leaf_clover rose tulip sunflower earth_africa
    earth_americas earth_asia globe_with_meridians moon zero one two three four five six seven eight nine keycap_ten
    hash abc information_source copyright registered wastebasket trash lightning white_large_square
    black_large_square crown gem ring briefcase handbag eyeglasses
    """.split()  # noqa: SIM905 - four hundred quotes would hide the words
)
