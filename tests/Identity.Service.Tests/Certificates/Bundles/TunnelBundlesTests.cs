using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Bundles;

public sealed class TunnelBundlesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("itself", 0, false)]
    [InlineData("itself", 1, true)]
    [InlineData("account", 1, true)]
    [InlineData("person", 1, false)]
    [InlineData("nobody", 1, false)]
    public void IsSilent_SevenDaysWithoutACall_ButForAPersonsWord(string by, int seconds, bool expected)
    {
        var party = new RelyingParty
        {
            Id = RelyingPartyId.New(),
            OrganizationId = "o",
            WorkspaceId = "w",
            TunnelId = TunnelId.New(),
            Name = "product",
            ServiceAccountId = "svac_1",
            CreatedBy = "key_1",
            CreatedAt = Now.AddDays(-30),
        };
        var speaker = by switch
        {
            "itself" => party.Id.Value,
            "account" => "svac_1",
            "person" => "key_1",
            _ => null,
        };
        var heard = Now.AddDays(-7).AddSeconds(-seconds);
        var known = new KnownHolder(HolderKind.RelyingParty, party.Id.Value, 2, 2, speaker, heard, heard);

        TunnelBundles.IsSilent(party, known, Now).ShouldBe(expected);
    }
}
