using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The platforms' formats of <c>sub</c>, recognized by their text. No decision depends on it.</summary>
internal static partial class SubjectFormat
{
    private static readonly (Regex Shape, string Name)[] Shapes =
    [
        (GitHubImmutable(), "github_immutable_v2"),
        (GitHub(), "github_classic"),
        (Prefix("project_path:"), "gitlab"),
        (Prefix("system:serviceaccount:"), "kubernetes"),
        (Prefix("spiffe://"), "spiffe"),
        (Prefix("org/"), "circleci"),
        (Terraform(), "terraform"),
        (Prefix("organization:"), "buildkite"),
        (Prefix("arn:"), "aws_role"),
        (Number(), "google_account"),
        (Guid(), "guid"),
    ];

    public static string? Describe(string subject)
    {
        foreach (var (shape, name) in Shapes)
        {
            if (shape.IsMatch(subject))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>
    /// A GitHub subject without the ids of owner and repository, which GitHub includes since July 2026 for new, renamed
    /// and transferred repositories; any other text unchanged.
    /// </summary>
    public static string WithoutNumbers(string subject) => Numbers().Replace(subject, "$1$2$3", 1);

    private static Regex Prefix(string text) =>
        new($"^{Regex.Escape(text)}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    [GeneratedRegex(@"^repo:[^:/@]+@\d+/[^:/@]+@\d+:", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GitHubImmutable();

    [GeneratedRegex(@"^repo:[^:/@]+/[^:/@]+:", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GitHub();

    [GeneratedRegex(
        @"^organization:[^:]+:project:[^:]*:workspace:",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Terraform();

    [GeneratedRegex(@"^\d{15,25}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Guid();

    [GeneratedRegex(@"^(repo:[^:/@]+)(?:@\d+)?(/[^:/@*]+)(?:@\d+)?(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
