"""Runs a command on a terminal of its own and types an answer when it asks.

terminal.py QUESTION ANSWER COMMAND…: prints what the terminal shows, and ends as the command does.
"""

import os
import pty
import sys

question, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
shown = b""
is_answered = False
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:
        # Linux says so when nobody has the terminal open any more.
        break
    if not more:
        break
    shown += more
    if not is_answered and question.encode() in shown:
        os.write(terminal, answer.encode())
        is_answered = True
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
