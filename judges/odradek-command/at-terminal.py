"""Runs a command at a terminal of its own and prints all that was shown: pty.py COLUMNS STEPS COMMAND [ARGUMENT...]

STEPS is JSON, a list of [text to wait for, keys to type then]. A command that is not done after four minutes is killed.
The last line is the exit code, as `exit code N`.
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

columns, steps, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(command[0], command)
shown = b""
seen = 0
deadline = time.monotonic() + 240
while time.monotonic() < deadline:
    while steps and steps[0][0].encode() in shown[seen:]:
        seen = shown.index(steps[0][0].encode(), seen) + len(steps[0][0].encode())
        os.write(terminal, steps.pop(0)[1].encode())
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if not ready:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
print("\nexit code %d" % os.waitstatus_to_exitcode(status))
