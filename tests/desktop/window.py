"""Drives the desktop window as assistive technology does, by AT-SPI. Started with the program to open; then one
order a line on standard input, `press NAME` or `see TEXT`, each answered by a line: `answer: ok`, or
why not. Other lines are the desktop's services talking."""
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

WITHIN = 30


def nodes(node):
    yield node
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from nodes(child)


def text(node):
    return node.get_name() or (Atspi.Text.get_text(node, 0, -1) if node.get_text_iface() else "")


def press(node, name):
    return node.get_role_name() == "push button" and node.get_name() == name and node.get_action_iface().do_action(0)


def see(node, wanted):
    return wanted in text(node)


def obey(order, argument):
    found = {"press": press, "see": see}[order]
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        try:
            if any(found(node, argument) for node in nodes(Atspi.get_desktop(0))):
                return "ok"
        except GLib.Error:
            pass  # the page changed while it was read
        time.sleep(0.2)
    return f"{order} {argument}: not there within {WITHIN} s"


Atspi.init()
window = subprocess.Popen(sys.argv[1:])
try:
    for line in sys.stdin:
        print("answer:", obey(*line.rstrip("\n").split(" ", 1)), flush=True)
finally:
    window.terminate()
    window.wait()
