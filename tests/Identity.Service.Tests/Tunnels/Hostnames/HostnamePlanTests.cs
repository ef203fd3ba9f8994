using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Hostnames;

public sealed class HostnamePlanTests
{
    [Theory]
    [InlineData("pending", 0, "Proven", true, "active", 0)]
    [InlineData("pending", 0, "Missing", true, "pending", 0)]
    [InlineData("pending", 0, "Unavailable", true, "pending", 0)]
    [InlineData("active", 2, "Proven", true, "active", 0)]
    [InlineData("active", 1, "Missing", true, "active", 2)]
    [InlineData("active", 2, "Missing", true, "suspended", 3)]
    [InlineData("active", 2, "Unreachable", true, "suspended", 3)]
    [InlineData("active", 2, "Unavailable", true, "active", 2)] // an error of the resolver is not one of the name
    [InlineData("active", 2, "Missing", false, "active", 2)] // nor is a time-out
    [InlineData("suspended", 3, "Missing", true, "suspended", 3)]
    [InlineData("suspended", 3, "Proven", false, "active", 0)]
    public void Next_StateAndResult_AreThoseOfTheTable(
        string state,
        long misses,
        string result,
        bool isDaily,
        string expected,
        long expectedMisses
    ) =>
        HostnamePlan
            .Next(
                new Hostname
                {
                    TunnelId = TunnelId.New(),
                    Name = "mcp.example.com",
                    State = state,
                    CreatedAt = default,
                    Misses = misses,
                },
                Enum.Parse<ProofResult>(result),
                isDaily
            )
            .ShouldBe((expected, expectedMisses));
}
