using System.Text;

namespace Culvert.Identity.Cli.Output;

internal static class TextTable
{
    public const int Gap = 2;

    public const int NarrowestFold = 24;

    /// <param name="widths">The widths of the columns; a wider text is folded onto several lines.</param>
    /// <param name="rows">As many texts each as there are columns.</param>
    public static void Write(TextWriter output, IReadOnlyList<int> widths, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var row in rows)
        {
            var cells = row.Select((text, column) => Fold(text, widths[column])).ToList();
            for (var line = 0; line < cells.Max(cell => cell.Count); line++)
            {
                output.WriteLine(Line(cells, widths, line));
            }
        }
    }

    private static string Line(List<List<string>> cells, IReadOnlyList<int> widths, int number)
    {
        var line = new StringBuilder();
        var blanks = 0;
        foreach (var (cell, width) in cells.Zip(widths))
        {
            var text = number < cell.Count ? cell[number] : "";
            line.Append(' ', blanks).Append(text);
            blanks = Math.Max(width, DisplayWidth.Measure(text)) - DisplayWidth.Measure(text) + Gap;
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Breaks a text at its line breaks and, where it is too wide, at blanks or within words.</summary>
    private static List<string> Fold(string text, int width)
    {
        var lines = new List<string>();
        foreach (var whole in text.Split('\n'))
        {
            if (DisplayWidth.Measure(whole) <= width)
            {
                lines.Add(whole);
                continue;
            }

            var line = "";
            foreach (
                var word in whole.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(w => Break(w, width))
            )
            {
                if (line.Length > 0 && DisplayWidth.Measure(line) + 1 + DisplayWidth.Measure(word) > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line = line.Length > 0 ? $"{line} {word}" : word;
            }

            lines.Add(line);
        }

        return lines;
    }

    private static IEnumerable<string> Break(string word, int width)
    {
        var part = new StringBuilder();
        var used = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            if (part.Length > 0 && used + DisplayWidth.Measure(rune) > width)
            {
                yield return part.ToString();
                part.Clear();
                used = 0;
            }

            part.Append(rune.ToString());
            used += DisplayWidth.Measure(rune);
        }

        yield return part.ToString();
    }
}
