namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>The section <c>credentials.google</c>.</summary>
internal sealed record GoogleSettings
{
    public const string DefaultTokenUrl = "https://sts.googleapis.com/v1/token";
    public const string DefaultIamUrl = "https://iamcredentials.googleapis.com";
    public const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>The full resource name of the provider in the workload identity pool.</summary>
    public required string Audience { get; init; }

    /// <summary>The service account to act as; empty: the federated identity is used as it is.</summary>
    public string ServiceAccount { get; init; } = "";

    public IReadOnlyList<string> Scopes { get; init; } = [CloudPlatform];

    /// <summary>The audience of an ID token, which Cloud Run takes; empty: an access token.</summary>
    public string IdTokenAudience { get; init; } = "";

    public string TokenUrl { get; init; } = DefaultTokenUrl;

    public string IamUrl { get; init; } = DefaultIamUrl;

    public CloudEndpointSettings Endpoint { get; init; } = CloudEndpointSettings.Public;
}
