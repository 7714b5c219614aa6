"""An argument arrives at the script as the text that it was, with the node's variables filled in."""

import json
import subprocess
import unittest

import support  # noqa: F401 - puts the sources on the path

from trainyard.jobs.command_line import CommandLine, quote_word


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


if __name__ == "__main__":
    unittest.main()
