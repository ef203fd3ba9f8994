using System.Globalization;

namespace Culvert.Platform.Output;

/// <summary>Describes what answer rules did, for people.</summary>
public static class AnswerSummary
{
    /// <summary>For example <c>crossed 1,204 rows, kept inside 88,310</c>. What is zero is left out.</summary>
    public static string Format(long rowsCrossed, long rowsKeptInside, long valuesRemoved, long withheld)
    {
        List<string> parts = [];
        if (rowsCrossed + rowsKeptInside > 0)
        {
            parts.Add($"crossed {Count(rowsCrossed, "row")}, kept inside {Format(rowsKeptInside)}");
        }

        if (valuesRemoved > 0)
        {
            parts.Add($"removed {Count(valuesRemoved, "value")}");
        }

        if (withheld > 0)
        {
            parts.Add($"withheld {Count(withheld, "answer")}");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : "kept nothing inside";
    }

    private static string Count(long number, string noun) => $"{Format(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string Format(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
