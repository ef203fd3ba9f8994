namespace Culvert.Identity.Cli.Commands.Dev;

internal sealed record DevToken(string Subject, string Audience, string Type)
{
    /// <summary>A workload's token for the service.</summary>
    public static DevToken Workload(string subject, string audience) => new(subject, audience, "JWT");

    /// <summary>A client's token for the MCP server's route (RFC 9068).</summary>
    public static DevToken Caller(string resource) => new("developer", resource, "at+jwt");
}
