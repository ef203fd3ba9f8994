using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Observability;

/// <summary>What a PromQL expression asks for.</summary>
internal static partial class Expressions
{
    /// <summary>The metrics that it names.</summary>
    public static IEnumerable<string> MetricsOf(string expression) =>
        Name().Matches(expression).Select(match => match.Value).Distinct();

    /// <summary>Metrics that it takes a rate of: a counter's alone makes sense.</summary>
    public static IEnumerable<string> CountedIn(string expression) =>
        Rate().Matches(expression).Select(match => match.Groups["name"].Value);

    /// <summary>Its increases: the counter, with the selector of labels, the window, and the whole expression.</summary>
    public static IEnumerable<(string Counter, string Selector, string Window, string Expression)> IncreasesIn(
        string expression
    ) =>
        Increase()
            .Matches(expression)
            .Select(match =>
                (
                    match.Groups["name"].Value,
                    match.Groups["name"].Value + match.Groups["labels"].Value,
                    match.Groups["window"].Value,
                    expression
                )
            );

    [GeneratedRegex(@"\bincrease\((?<name>[a-z_]+)(?<labels>\{[^}]*\})?\[(?<window>\w+)\]\)")]
    private static partial Regex Increase();

    [GeneratedRegex(@"\b(?:culvert_[a-z_]+|up(?=\{))")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(?:rate|irate|increase)\((?<name>[a-z_]+)")]
    private static partial Regex Rate();
}
