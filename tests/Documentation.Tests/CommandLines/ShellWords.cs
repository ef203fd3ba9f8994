using System.Text;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>
/// Splits a line into its simple commands and those into words, as far as our pages write shell: quotes, comments, pipes,
/// lists, redirections, command substitution. Variables and placeholders stay as they are: a value is a value.
/// </summary>
internal sealed class ShellWords
{
    private readonly string text;
    private readonly List<IReadOnlyList<string>> commands = [];
    private readonly StringBuilder word = new();
    private List<string> words = [];
    private bool hasWord;
    private bool isTarget;
    private int at;

    private ShellWords(string text) => this.text = text;

    /// <summary>Each simple command of the line, those within <c>$(…)</c> too.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Commands(string line)
    {
        var reader = new ShellWords(line);
        reader.Read();
        return reader.commands;
    }

    private void Read()
    {
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '#' when !hasWord:
                    at = text.Length;
                    break;
                case ' ' or '\t':
                    EndWord();
                    at++;
                    break;
                case '\'':
                    ReadQuoted('\'');
                    break;
                case '"':
                    ReadQuoted('"');
                    break;
                case '\\' when at + 1 < text.Length:
                    Add(text[at + 1]);
                    at += 2;
                    break;
                case '$' when Next == '(':
                    ReadSubstitution();
                    break;
                case '|' or ';' or '&' when Next != '>':
                    EndCommand();
                    at++;
                    break;
                case '<' when IsPlaceholder(out var end):
                    Add(text[at..(end + 1)]);
                    at = end + 1;
                    break;
                case '<' or '>':
                    BeginRedirection();
                    break;
                // A synopsis: what may be left out, and what may be said again.
                case '[' or ']' or '…' when word.Length == 0 || text[at] != '…':
                    at++;
                    break;
                default:
                    Add(text[at++]);
                    break;
            }
        }

        EndCommand();
    }

    private char Next => at + 1 < text.Length ? text[at + 1] : '\0';

    private void Add(char character)
    {
        word.Append(character);
        hasWord = true;
    }

    private void Add(string part)
    {
        word.Append(part);
        hasWord = true;
    }

    private void ReadQuoted(char quote)
    {
        hasWord = true;
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            if (quote == '"' && text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }
            else if (quote == '"' && text[at] == '$' && Next == '(')
            {
                ReadSubstitution();
                at--;
                continue;
            }

            word.Append(text[at]);
        }

        at++;
    }

    private void ReadSubstitution()
    {
        var begin = at + 2;
        var depth = 1;
        for (at = begin; at < text.Length && depth > 0; at++)
        {
            depth += text[at] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
        }

        commands.AddRange(Commands(text[begin..(depth == 0 ? at - 1 : at)]));
        Add("$()");
    }

    // <id>: where a reader puts a word of his own.
    private bool IsPlaceholder(out int end)
    {
        end = text.IndexOf('>', at);
        return end > at + 1 && text[(at + 1)..end].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
    }

    private void BeginRedirection()
    {
        // 2>&1: the digit belongs to the redirection.
        if (hasWord && word.ToString().All(char.IsAsciiDigit))
        {
            word.Clear();
            hasWord = false;
        }

        EndWord();
        while (at < text.Length && text[at] is ('<' or '>' or '&' or '-'))
        {
            at++;
        }

        isTarget = true;
    }

    private void EndWord()
    {
        if (!hasWord)
        {
            return;
        }

        if (!isTarget)
        {
            words.Add(word.ToString());
        }

        isTarget = false;
        word.Clear();
        hasWord = false;
    }

    private void EndCommand()
    {
        EndWord();
        isTarget = false;
        if (words.Count > 0)
        {
            commands.Add(words);
            words = [];
        }
    }
}
