# The session leader of one terminal: sh -c THIS tandem ADOPTS ORDER [NOTE PIPE COMMAND ARGUMENT…]
# It keeps the tty open for as long as the host wants, and says in the very stream how the command ended.
adopts=$1 order=$2
shift 2
# One that was started ahead waits here for what it is to run: the order is a pipe, and sets what follows.
[ -z "$order" ] || . "$order"
note=$1 pipe=$2
shift 2
token=$TANDEM_LEADER
unset TANDEM_LEADER
# Handlers, not ignored: the command gets the defaults back, the leader outlives what the keyboard sends.
trap : HUP INT QUIT TERM TSTP TTIN TTOU USR1 USR2 ALRM PIPE
# What this shell says of a signalled child ("Killed") goes to the note: it tells a signal from a code above 128.
exec 3>&2 2>"$note"
[ -z "$pipe" ] || exec </dev/null >"$pipe"
(exec 2>&1 3>&-; exec "$@")
status=$?
# With `stty tostop` a write from the background would fail.
trap '' TTOU
trap - HUP INT QUIT TERM
[ ! -s "$note" ] || status=${status}S
# Whoever adopts all that lose their parent, and has no child, has nobody below it.
children=unknown
[ -z "$adopts" ] || read -r children <"/proc/$$/task/$$/children"
[ -n "$children" ] || status=${status}A
printf '\033_%s;%s\033\\' "$token" "$status" || exit
# Costs nothing until the host ends it; if the host dies, the kernel's HUP and CONT do. When the host wakes it,
# it waits for a child of its own, and with that for all that it adopted and that ended meanwhile.
while :; do kill -STOP $$; (:); done
