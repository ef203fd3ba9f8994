using System.Text;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Scim;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Documentation;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Ids;

public sealed class WireNamesTests
{
    // Clients, stores and audit logs hold these words: a renamed member must not change them.
    [Fact]
    public void Names_OfEveryEnumeration_AreThoseOfTheFile()
    {
        var written = new StringBuilder();
        Write<AuthorityCustody>();
        Write<AuthorityGuards>();
        Write<AuthorityState>();
        Write<CallerDetail>();
        Write<CertificateKind>();
        Write<CertificateStatus>();
        Write<ConnectionClientAuth>();
        Write<DenialReason>();
        Write<EnrollmentMethod>();
        Write<HolderKind>();
        Write<InventoryStatus>();
        Write<IssuerTenancy>();
        Write<JoseRefusal>();
        Write<KeyCustody>();
        Write<KeyState>();
        Write<KillKind>();
        Write<OffBoardingSource>();
        Write<OrganizationRole>();
        Write<PlatformTier>();
        Write<ProofResult>();
        Write<RegisteredBy>();
        Write<ReplayHolderKind>();
        Write<ReplayMode>();
        Write<RevocationKind>();
        Write<RootState>();
        Write<RuleBind>();
        Write<RuleState>();
        Write<SignalDelivery>();
        Write<SubjectAttribute>();
        Write<SubjectType>();
        Write<WorkspaceRole>();

        written
            .ToString()
            .ShouldBe(File.ReadAllText(CheckoutFolder.GetPath("tests/Identity.Service.Tests/Ids/wire-names.txt")));

        void Write<T>()
            where T : struct, Enum
        {
            written.Append(typeof(T).Name).Append('\n');
            foreach (var value in Enum.GetValues<T>())
            {
                written.Append("  ").Append(value).Append(' ').Append(WireNames.Get(value)).Append('\n');
                WireNames.Find<T>(WireNames.Get(value)).ShouldBe(value);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Active")]
    [InlineData("active ")]
    [InlineData("0")]
    public void Parse_UnknownWord_Throws(string name)
    {
        WireNames.Find<RootState>(name).ShouldBeNull();
        Should.Throw<InvalidDataException>(() => WireNames.Parse<RootState>(name)).Message.ShouldContain("RootState");
    }

    [Fact]
    public void Of_NoMember_Throws() => Should.Throw<ArgumentOutOfRangeException>(() => WireNames.Get((RootState)(-1)));

    [Fact]
    public void All_SeveralNames_AreASentence() =>
        WireNames.All<ReplayMode>().ShouldBe("off, window, bound_reuse or single_use");
}
