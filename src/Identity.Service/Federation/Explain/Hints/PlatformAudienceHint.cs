using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The job did not request an audience: the token has the platform's default.</summary>
internal sealed class PlatformAudienceHint : IHint
{
    // Prefixes of the platforms' default values of aud.
    private static readonly (string Prefix, string Whose)[] Defaults =
    [
        ("https://github.com/", "GitHub's default"),
        ("sts.amazonaws.com", "the one for AWS"),
        ("api://AzureADTokenExchange", "the one for Entra"),
        ("https://kubernetes.default.svc", "the Kubernetes API server's"),
        ("https://iam.googleapis.com/", "the one for Google Cloud"),
        ("//iam.googleapis.com/", "the one for Google Cloud"),
        ("https://gitlab.com", "GitLab's default"),
        ("https://buildkite.com/", "Buildkite's default"),
        ("https://app.terraform.io", "HCP Terraform's default"),
        ("vault", "the one for Vault"),
    ];

    public string Code => "audience_platform_default";

    public string? Find(HintFacts facts)
    {
        if (facts.Reason != DenialReason.AudienceMismatch || facts.Text("aud") is not { } audience)
        {
            return null;
        }

        var whose = Guid.TryParseExact(audience, "D", out _)
            ? "CircleCI's default, the organization's id"
            : Array.Find(Defaults, known => audience.StartsWith(known.Prefix, StringComparison.Ordinal)).Whose;
        return whose is null
            ? null
            : $"The token's audience '{audience}' is {whose}: request a token from the platform with this service's audience.";
    }
}
