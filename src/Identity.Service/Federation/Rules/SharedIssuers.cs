using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Platforms whose one issuer signs for all their customers: a rule must pin the customer, or it admits everybody's
/// workloads.
/// </summary>
internal static class SharedIssuers
{
    private static readonly SharedIssuer[] Known =
    [
        new(
            "https://token.actions.githubusercontent.com",
            ["repository_owner_id", "repository_owner", "repository_id", "repository", "enterprise_id", "enterprise"],
            "repo:",
            '/'
        ),
        new(
            "https://gitlab.com",
            ["namespace_id", "namespace_path", "project_id", "project_path"],
            "project_path:",
            '/'
        ),
        new(
            "https://agent.buildkite.com",
            ["organization_id", "organization_slug", "pipeline_id"],
            "organization:",
            ':'
        ),
        new(
            "https://app.terraform.io",
            ["terraform_organization_id", "terraform_organization_name", "terraform_workspace_id"],
            "organization:",
            ':'
        ),
        // No prefix of a Google subject means anything: the number belongs to one account.
        new("https://accounts.google.com", ["sub"], SubjectPrefix: null, default),
    ];

    public static bool IsShared(string issuerUrl) => Find(issuerUrl) is not null;

    /// <summary>Null = the rule may be saved.</summary>
    public static Refusal? CheckTenantPin(string issuerUrl, RuleMatch match)
    {
        var issuer = Find(issuerUrl);
        return issuer is null || IsPinned(issuer, match)
            ? null
            : FederationErrors.TenantPin.Refuse(
                $"match: {issuer.Url} is shared by all its customers; pin one of the claims "
                    + $"{string.Join(", ", issuer.TenantClaims)}"
                    + (
                        issuer.SubjectPrefix is null
                            ? ", or the exact subject."
                            : $", or a subject that begins with {issuer.SubjectPrefix}NAME{issuer.Delimiter}."
                    )
            );
    }

    private static SharedIssuer? Find(string issuerUrl) =>
        Array.Find(Known, known => known.Url.Equals(issuerUrl.TrimEnd('/'), StringComparison.OrdinalIgnoreCase));

    private static bool IsPinned(SharedIssuer issuer, RuleMatch match)
    {
        if (match.Claims.Any(claim => claim.Value.Length > 0 && issuer.TenantClaims.Contains(claim.Key)))
        {
            return true;
        }

        if (match.Subject is not { } subject)
        {
            return false;
        }

        if (issuer.SubjectPrefix is not { } prefix)
        {
            return !match.IsSubjectPrefix;
        }

        // The tenant's name stands between the prefix and the delimiter, whole and without a wildcard.
        var end = subject.IndexOf(issuer.Delimiter, Math.Min(prefix.Length, subject.Length));
        return subject.StartsWith(prefix, StringComparison.Ordinal)
            && end > prefix.Length
            && !subject.AsSpan(prefix.Length, end - prefix.Length).Contains('*');
    }
}
