#!/bin/sh
# Starts tandem: picks a Node, runs dist/main.js as a child, and puts the user's terminal back after an end that
# the program itself had no chance to clean up after (kill -9, a crash of Node). It knows nothing else.
# tandem ends by itself with 0 to 3, 129, 130 or 143; any other status means that it was cut off.

self=$0
case $self in */*) ;; *) self=./$self ;; esac
# npm installs the command as a link.
while [ -h "$self" ]; do
	target=$(readlink "$self") || break
	case $target in
	/*) self=$target ;;
	*) self=${self%/*}/$target ;;
	esac
done
root=${self%/*}/..
main=$root/dist/main.js

if [ ! -f "$main" ]; then
	echo "tandem is not built. Run 'npm install && npm run build' in $(cd "$root" && pwd)." >&2
	exit 1
fi

# Asking a Node for its version takes longer than all the rest of this file: the answer is kept, as the Node that
# was found on PATH and the one that was chosen then, until one of them changes.
if [ -n "$TANDEM_HOME" ]; then
	cache=$TANDEM_HOME/cache/node
else
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/tandem/node
fi
known=
chosen=
[ -r "$cache" ] && { IFS= read -r known && IFS= read -r chosen; } <"$cache"

is_new_enough() {
	[ -f "$1" ] && [ -x "$1" ] || return 1
	version=$("$1" --version 2>/dev/null) || return 1
	version=${version#v}
	[ "${version%%.*}" -ge 22 ] 2>/dev/null
}

is_still_true() {
	[ -n "$chosen" ] && [ "$1" = "$known" ] && [ -x "$chosen" ] && [ "$cache" -nt "$chosen" ] || return 1
	[ -z "$1" ] || [ "$cache" -nt "$1" ]
}

find_node() {
	IFS=:
	for folder in $PATH; do
		# Only the first one counts, as for any command.
		if [ -x "${folder:-.}/node" ] && [ ! -d "${folder:-.}/node" ]; then
			first=${folder:-.}/node
			break
		fi
	done
	unset IFS
	if is_still_true "$first"; then
		node=$chosen
		return 0
	fi
	for node in "$first" "$root/node_modules/node/bin/node" "$root/node_modules/.bin/node" "$root/../node/bin/node" "$root/../.bin/node"; do
		is_new_enough "$node" || continue
		# Version managers put a program there that is another Node in another folder.
		case $first in */shims/* | */.volta/*) return 0 ;; esac
		(umask 077 && mkdir -p "${cache%/*}" && printf '%s\n%s\n' "$first" "$node" >"$cache") 2>/dev/null
		return 0
	done
	return 1
}

first=
node=
if ! find_node; then
	echo "tandem needs Node 22 or newer, and found none on PATH. Install it from https://nodejs.org, or run 'npm install node@24' in $(cd "$root" && pwd)." >&2
	exit 1
fi

# Without a terminal there is nothing to put back.
[ -t 1 ] || exec "$node" "$main" "$@"

exec 3<&0 4>&1
saved=$(stty -g <&4 2>/dev/null)

# The same bytes as restoreSequence in src/tty/modes.ts.
restore() {
	printf '\033\\\033[?2026l\033]8;;\033\\\033[0m\033[<u\033[?1002l\033[?1000h\033[?1006l\033[?1000l\033[?2004l\033[?25h\033[?7h\033[?1049l\033[23;0t' >&4
	[ -n "$saved" ] && stty "$saved" <&4
}

child=
early=
forward() {
	if [ -n "$child" ]; then kill -s "$1" "$child" 2>/dev/null; else early=$1; fi
}
trap 'forward TERM' TERM
trap 'forward HUP' HUP
# The terminal sends these to the child itself, and the wait goes on.
trap : INT QUIT

# A shell that waits for a program in the foreground hears no signal until that has ended. In the background it
# would lose its input, were it not given, and it would ignore INT and QUIT, had Node not its own handlers.
# Left to itself V8 keeps up to 100 MB for what is young, until the window has rested for a while.
"$node" --max-semi-space-size=4 "$main" "$@" <&3 3<&- 4>&- &
child=$!
[ -n "$early" ] && kill -s "$early" "$child" 2>/dev/null

# A signal ends the wait, not the child.
while :; do
	wait "$child"
	status=$?
	kill -0 "$child" 2>/dev/null || break
done
# If it died at the very moment of a signal, its own status is still to be had.
wait "$child" 2>/dev/null
last=$?
[ "$last" -eq 127 ] || status=$last

case $status in
0 | 1 | 2 | 3 | 129 | 130 | 143) ;;
*)
	restore 2>/dev/null
	if [ "$status" -gt 128 ]; then cause="signal $((status - 128))"; else cause="status $status"; fi
	# As it was started here, by the same rule as src/own-command.ts.
	own=tandem verb=tandem
	[ "$npm_package_name/$npm_lifecycle_event" = tandem/start ] && own='npm start' verb='npm start --'
	echo "tandem was cut off ($cause). Its terminals go on: '$own' shows them, '$verb resume --last' goes on with the conversation." >&2
	;;
esac
exit "$status"
