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

    [GeneratedRegex(@"\b(?:culvert_[a-z_]+|up(?=\{))")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(?:rate|irate|increase)\((?<name>[a-z_]+)")]
    private static partial Regex Rate();
}
