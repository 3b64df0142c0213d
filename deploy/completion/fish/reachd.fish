# fish completion for reachd. Asks the program itself, so that it knows what that version knows.
function __reachd_words
    set -l words (commandline -opc)
    reachd $words[2] --help 2>/dev/null |
        string match -rg '^  (-[^ ]+|[a-z][a-z-]*) .*' | string split ,
end
complete -c reachd -n 'not string match -q -- "--*" (commandline -opc)[-1]' -a '(__reachd_words)'
complete -c reachd -n __fish_use_subcommand -f
