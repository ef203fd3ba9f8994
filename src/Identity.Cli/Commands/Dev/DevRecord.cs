namespace Culvert.Identity.Cli.Commands.Dev;

internal sealed record DevRecord
{
    public required string EdgeId { get; init; }

    public required string EdgeRuleId { get; init; }

    public required string AgentRuleId { get; init; }

    public required string TunnelId { get; init; }

    public required string Domain { get; init; }
}
