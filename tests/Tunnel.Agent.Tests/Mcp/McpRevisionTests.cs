using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Tests.Mcp;

/// <summary>One meaning of "modern" for the gate, the policy and the upstreams.</summary>
public sealed class McpRevisionTests
{
    [Theory]
    [InlineData("2026-07-28", true)]
    [InlineData("2026-07-27", false)]
    [InlineData("2026-07-29", true)]
    [InlineData("2025-11-25", false)]
    [InlineData("9999-12-31", true)]
    [InlineData("2026-13-01", false)]
    [InlineData("zzzzzzzzzz", false)]
    [InlineData("2026-07-280", false)]
    [InlineData("2026-7-28", false)]
    [InlineData("", false)]
    public void IsModern_ARevision_ComparesDates(string version, bool isModern) =>
        McpRevision.IsModern(version).ShouldBe(isModern);

    [Theory]
    [InlineData("2024-11-05", true)]
    [InlineData("2026-02-30", false)]
    [InlineData("latest", false)]
    public void IsRevision_AText_IsADate(string version, bool isRevision) =>
        McpRevision.IsRevision(version).ShouldBe(isRevision);
}
