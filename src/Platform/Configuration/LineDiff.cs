using System.Text;

namespace Culvert.Platform.Configuration;

/// <summary>The difference between two texts: all lines, each with <c>-</c>, <c>+</c> or a blank before it.</summary>
public static class LineDiff
{
    // Above this the whole middle counts as changed: the table of common lines grows with the product of both sides.
    private const int MaxCells = 4_000_000;

    public static string Write(string before, string after)
    {
        var (old, now) = (before.ReplaceLineEndings("\n").Split('\n'), after.ReplaceLineEndings("\n").Split('\n'));
        var head = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        var tail = old.Skip(head)
            .Reverse()
            .Zip(now.Skip(head).Reverse())
            .TakeWhile(pair => pair.First == pair.Second)
            .Count();
        var text = new StringBuilder();
        Append(text, ' ', old[..head]);
        WriteMiddle(text, old[head..^tail], now[head..^tail]);
        Append(text, ' ', old[^tail..]);
        return text.ToString().TrimEnd('\n', ' ');
    }

    private static void WriteMiddle(StringBuilder text, string[] old, string[] now)
    {
        if ((long)old.Length * now.Length > MaxCells)
        {
            Append(text, '-', old);
            Append(text, '+', now);
            return;
        }

        var common = CountCommon(old, now);
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                Append(text, ' ', old[i++]);
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                Append(text, '-', old[i++]);
            }
            else
            {
                Append(text, '+', now[j++]);
            }
        }
    }

    // For each i and j, the number of common lines from there on, in order.
    private static int[,] CountCommon(string[] old, string[] now)
    {
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] =
                    old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }

    private static void Append(StringBuilder text, char sign, params string[] lines)
    {
        foreach (var line in lines)
        {
            text.Append(sign).Append(line).Append('\n');
        }
    }
}
