using System.Text.RegularExpressions;

namespace Culvert.Platform.Doctor;

/// <summary>Colours PASS, WARN and FAIL of a report in a terminal. The words have the same meaning without colour.</summary>
public static partial class StatusColours
{
    /// <summary>Whether output may be coloured: not without a terminal or with <c>NO_COLOR</c> (no-color.org).</summary>
    public static bool AreEnabled(bool isTerminal, Func<string, string?> variable) =>
        isTerminal && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") is not (null or "" or "dumb");

    /// <summary>Colours the statuses of the report's own lines; text quoted by a check stays unchanged.</summary>
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
