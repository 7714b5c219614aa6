"""An argument arrives at the script as the text that it was, with the node's variables filled in."""

import json
import os
import subprocess
import tempfile
import unittest

import support  # noqa: F401 - puts the sources on the path

from trainyard.jobs.command_line import CommandLine, quote_word, without_links


def words_in_shell(text: str) -> list:
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    line = f"python3 -c {quote_word(program)} {text}"
    result = subprocess.run(["bash", "-c", line], stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", "RANK": "3"})
    return json.loads(result.stdout)


class CommandLines(unittest.TestCase):
    def test_any_text_is_one_word_that_means_itself(self):
        for text in (
            "",
            "plain",
            "two words",
            "it's",
            'say "hi"',
            "a\\b",
            "`id`",
            "$(id)",
            "$5",
            "*",
            "é",
            "a\nb",
            "!x",
            "~",
        ):
            with self.subTest(text):
                self.assertEqual(words_in_shell(quote_word(text)), [text])

    def test_a_variable_is_filled_in_and_nothing_else_is_run(self):
        self.assertEqual(words_in_shell(quote_word("$RANK")), ["3"])
        self.assertEqual(words_in_shell(quote_word('r${RANK}: "$(id)" `id` \\ $1')), ['r3: "$(id)" `id` \\ $1'])

    def test_a_place_for_data_is_a_word_of_its_own(self):
        line = CommandLine()
        line.word("python")
        line.word("train.py")
        line.binding("inputs", "table")
        line.word(0.1)

        self.assertEqual(
            line.to_wire(),
            {
                "source": "python train.py ${{inputs.table}} 0.1",
                "parts": [
                    {"text": "python train.py "},
                    {"binding": "inputs", "name": "table"},
                    {"text": " 0.1"},
                ],
            },
        )

    def test_a_link_is_made_once_in_front_of_the_words_and_is_no_part_of_them(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "tree"))
            line = CommandLine()
            line.link("inputs", "table", "in here/it's")
            line.word("ls")
            line.word("in here")
            text = line.to_wire()["source"].replace("${{inputs.table}}", os.path.join(folder, "tree"))
            for _ in range(2):
                run = subprocess.run(["bash", "-c", text], cwd=folder, stdout=subprocess.PIPE, check=True)
                self.assertEqual((run.stdout, os.listdir(os.path.join(folder, "tree"))), (b"it's\n", []))
            self.assertEqual(without_links(text), "ls 'in here'")

            os.rename(os.path.join(folder, "in here"), os.path.join(folder, "in"))
            with open(os.path.join(folder, "in here"), "w", encoding="utf-8"):
                pass
            failed = subprocess.run(["bash", "-c", text], cwd=folder, stderr=subprocess.PIPE, check=False)
            self.assertEqual(failed.returncode, 1)
            self.assertIn(b"in here", failed.stderr)


if __name__ == "__main__":
    unittest.main()
