using System.Text.RegularExpressions;

namespace Culvert.Platform.Doctor;

/// <summary>Colours PASS, WARN and FAIL of a report where a person reads it. The words say the same without.</summary>
public static partial class StatusColours
{
    /// <summary>Whether output may be coloured: a terminal that can, whose user has not set <c>NO_COLOR</c> (no-color.org).</summary>
    /// <param name="isTerminal">Whether the output is a terminal.</param>
    /// <param name="variable">An environment variable's value; null where it is not set.</param>
    public static bool AreWanted(bool isTerminal, Func<string, string?> variable) =>
        isTerminal && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") is not (null or "" or "dumb");

    /// <summary>The report with the statuses of its own lines in colour; what a check quotes stays as it is.</summary>
    public static string Paint(string report) =>
        Status()
            .Replace(
                report,
                found =>
                    $"{found.Groups["before"].Value}\e[{GetCode(found.Groups["status"].Value)}m{found.Groups["status"].Value}\e[0m"
            );

    // ECMA-48 §8.3.117: green, yellow, red.
    private static string GetCode(string status) =>
        status switch
        {
            "PASS" => "32",
            "WARN" => "33",
            _ => "31",
        };

    [GeneratedRegex(
        @"^(?<before>CHECK \S+ +|RESULT )(?<status>PASS|WARN|FAIL)\b",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Status();
}
