"""Print what makes a shell complete graders' commands and options.

For bash, add to ~/.bashrc:    source <(graders completion bash)
For zsh, add to ~/.zshrc:      source <(graders completion zsh)
For fish, once:                graders completion fish > ~/.config/fish/completions/graders.fish
"""

from __future__ import annotations

import argparse

from graders.exits import OK

_BASH = """\
_graders() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="{commands}"
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
        [[ $word == -* ]] || words=
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [ "$COMP_CWORD" -gt 1 ] && [[ $word != -* ]] && COMPREPLY+=($(compgen -f -- "$word"))
}}
complete -o filenames -F _graders graders
"""
_ZSH = "autoload -U +X bashcompinit && bashcompinit\n"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(options: argparse.Namespace) -> int:
    print(
        {"bash": _bash, "zsh": lambda: _ZSH + _bash(), "fish": _fish}[options.shell](), end=""
    )
    return OK


def _bash() -> str:
    commands = _options()
    cases = "\n".join(
        f'        {name}) words="{" ".join(flag for flag, _ in flags)}" ;;'
        for name, flags in commands.items()
    )
    return _BASH.format(commands=" ".join(commands), cases=cases)


def _fish() -> str:
    from graders.cli import COMMANDS

    lines = []
    for name, flags in _options().items():
        lines.append(
            f"complete -c graders -n __fish_use_subcommand -f -a {name} "
            f"-d {_quoted(COMMANDS[name])}"
        )
        for flag, text in flags:
            lines.append(
                f"complete -c graders -n '__fish_seen_subcommand_from {name}' "
                f"-l {flag.removeprefix('--')} -d {_quoted(text)}"
            )
    return "\n".join(lines) + "\n"


def _options() -> dict[str, list[tuple[str, str]]]:
    """The long options of every command, and what each is for."""
    from graders.cli import COMMANDS, command_parser

    found = {}
    for name in COMMANDS:
        _, parser = command_parser(name)
        found[name] = [
            (flag, action.help or "")
            for action in parser._actions
            for flag in action.option_strings
            if flag.startswith("--")
        ]
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
