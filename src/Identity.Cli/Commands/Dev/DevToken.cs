namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>What a token of <see cref="DevIssuer"/> says.</summary>
internal sealed record DevToken(string Subject, string Audience, string Type)
{
    /// <summary>What a workload shows to the service.</summary>
    public static DevToken Workload(string subject, string audience) => new(subject, audience, "JWT");

    /// <summary>What a client shows to the MCP server's route (RFC 9068).</summary>
    public static DevToken Caller(string resource) => new("developer", resource, "at+jwt");
}
