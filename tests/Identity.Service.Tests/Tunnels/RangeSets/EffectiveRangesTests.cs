using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.RangeSets;

/// <summary>S21: ranges of a tunnel and of its sets together.</summary>
public sealed class EffectiveRangesTests
{
    [Fact]
    public void Of_NoSets_IsWhatTheTunnelSays()
    {
        EffectiveRanges.Get(Tunnel([], []), Find()).ShouldBeEmpty();
        EffectiveRanges.Get(Tunnel(["10.0.0.0/8"], []), Find()).ShouldBe(["10.0.0.0/8"]);
    }

    [Fact]
    public void Of_Sets_AreAddedOnce() =>
        EffectiveRanges
            .Get(Tunnel(["10.0.0.0/8"], ["vendor"]), Find("10.0.0.0/8", "192.0.2.0/24"))
            .ShouldBe(["10.0.0.0/8", "192.0.2.0/24"]);

    [Fact] // empty would mean: every client with a certificate, from any address
    public void Of_SetsThatHoldNothing_IsNobody()
    {
        EffectiveRanges.Get(Tunnel([], ["vendor"]), Find()).ShouldBe(["255.255.255.255/32"]);
        EffectiveRanges.Get(Tunnel([], ["vendor"]), _ => null).ShouldBe(["255.255.255.255/32"]);
    }

    private static Func<string, ClientRangeSet?> Find(params string[] ranges) =>
        name => new ClientRangeSet("org", name, ranges, 1, TimeProvider.System.GetUtcNow());

    private static Tunnel Tunnel(string[] own, string[] sets) =>
        new()
        {
            Id = TunnelId.Wrap("tnl_01"),
            OrganizationId = "org",
            WorkspaceId = "wrkspc_01",
            Domain = "t1.tunnel.test",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Revision = 1,
            ClientSourceRanges = own,
            AgentSourceRanges = [],
            ClientRangeSets = sets,
            AllowTunnelToken = false,
            BundleEpoch = 0,
            TokenId = TunnelTokenId.Wrap("tt_01"),
        };
}
