using System.Globalization;

namespace Culvert.Identity.Service.Status;

internal static class Plural
{
    /// <summary><c>1 tunnel</c>, <c>2 tunnels</c>, <c>2 fetches</c>.</summary>
    public static string Format(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : ToPlural(noun))}");

    private static string ToPlural(string noun) =>
        noun.EndsWith("ry", StringComparison.Ordinal) || noun.EndsWith("ty", StringComparison.Ordinal)
            ? string.Concat(noun.AsSpan(0, noun.Length - 1), "ies")
        : noun.EndsWith("ch", StringComparison.Ordinal) ? noun + "es"
        : noun + "s";
}
