using Culvert.Ca.Profiles;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Profiles;

public sealed class CertificateProfileTests
{
    private static readonly CertificateProfileOptions Good = StandardProfiles.Agent(TimeSpan.FromHours(1));

    [Fact]
    public void Create_StandardProfiles_AreValid()
    {
        CertificateProfileOptions[] all =
        [
            Good,
            StandardProfiles.Server(TimeSpan.FromSeconds(5)),
            StandardProfiles.Edge(TimeSpan.FromHours(1)),
            StandardProfiles.Service(TimeSpan.FromHours(1)),
            StandardProfiles.PlatformRoot(),
            StandardProfiles.PlatformIssuing(),
            StandardProfiles.OcspResponder(),
        ];

        all.ShouldAllBe(options => Errors(options).Count == 0);
    }

    [Fact]
    public void Create_SeveralErrors_NamesAllAtOnce()
    {
        IReadOnlyList<string> errors = Errors(
            Good with
            {
                KeyAlgorithms = ["rsa-1024"],
                ExtendedKeyUsages = ["any"],
                NameKinds = ["email"],
                MinLife = TimeSpan.FromSeconds(4),
                Backdate = TimeSpan.FromMinutes(6),
            }
        );

        errors.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-1, false)]
    public void Create_Backdate_IsBounded(int seconds, bool valid) =>
        (Errors(Good with { Backdate = TimeSpan.FromSeconds(seconds) }).Count == 0).ShouldBe(valid);

    [Theory]
    [InlineData(24 * 3600, true)]
    [InlineData((24 * 3600) + 1, false)]
    public void Create_DefaultLife_IsWithinTheCap(int seconds, bool valid) =>
        (Errors(Good with { DefaultLife = TimeSpan.FromSeconds(seconds) }).Count == 0).ShouldBe(valid);

    [Fact]
    public void Create_AuthorityWithLeafParts_IsRefused() =>
        Errors(Good with { IsAuthority = true }).ShouldHaveSingleItem().ShouldStartWith("IsAuthority");

    [Fact]
    public void Create_LeafWithPathLength_IsRefused() =>
        Errors(Good with { PathLength = 0 }).ShouldHaveSingleItem().ShouldStartWith("PathLength");

    [Fact]
    public void Create_ResponderThatAlsoServes_IsRefused()
    {
        CertificateProfileOptions responder = StandardProfiles.OcspResponder();

        Errors(responder with { ExtendedKeyUsages = ["ocsp_signing", "server_auth"] }).ShouldHaveSingleItem();
        Errors(responder with { NameKinds = ["dns"] }).ShouldHaveSingleItem();
    }

    private static IReadOnlyList<string> Errors(CertificateProfileOptions options)
    {
        CertificateProfile? profile = CertificateProfile.Create(options, out IReadOnlyList<string> errors);
        (profile is null).ShouldBe(errors.Count > 0);
        return errors;
    }
}
