namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>The section <c>credentials.aws</c>.</summary>
internal sealed record AwsSettings
{
    public const string DefaultAudience = "sts.amazonaws.com";

    /// <summary>The ARN of the role that the agent assumes.</summary>
    public required string Role { get; init; }

    public required string Region { get; init; }

    /// <summary>The name of the upstream's service in signatures, such as <c>execute-api</c>.</summary>
    public required string Service { get; init; }

    public required string StsUrl { get; init; }

    /// <summary>The <c>aud</c> of the assertion.</summary>
    public string Audience { get; init; } = DefaultAudience;

    /// <summary>Each session tag, and the claim of the caller that is its value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> SessionTags { get; init; } = [];

    public CloudEndpointSettings Endpoint { get; init; } = CloudEndpointSettings.Public;

    /// <summary>The regional endpoint: the global one is in another region, and its sessions do not work in all.</summary>
    public static string RegionalUrl(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal)
            ? $"https://sts.{region}.amazonaws.com.cn"
            : $"https://sts.{region}.amazonaws.com";
}
