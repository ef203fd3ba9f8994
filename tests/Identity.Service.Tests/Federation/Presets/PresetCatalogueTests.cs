using Culvert.Identity.Service.Federation.Presets;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Presets;

public sealed class PresetCatalogueTests
{
    private static readonly string[] Expected =
    [
        "aks",
        "aws",
        "azure-devops",
        "azure-managed-identity",
        "bitbucket",
        "buddy",
        "buildkite",
        "circleci",
        "codefresh",
        "eks",
        "env0",
        "gcp",
        "github-actions",
        "gitlab",
        "gke",
        "kubernetes",
        "oauth-server",
        "spacelift",
        "spiffe",
        "terraform-cloud",
    ];

    public static TheoryData<string> Names => [.. Expected];

    [Fact]
    public void All_Presets_AreTheCatalogue() => PresetCatalogue.All.Select(preset => preset.Name).ShouldBe(Expected);

    [Theory]
    [MemberData(nameof(Names))]
    public void Preset_IsComplete(string name)
    {
        var preset = PresetCatalogue.Find(name)!;

        preset.Title.ShouldNotBeEmpty();
        preset.Obtain.ShouldNotBeEmpty();
        preset.TokenIds.ShouldNotBeEmpty();
        preset.Subjects.ShouldNotBeEmpty();
        preset.Claims.ShouldNotBeEmpty();
        preset.Samples.ShouldContain(sample => sample.Expect == "allow");
        preset.Samples.ShouldContain(sample => sample.Expect == "deny" && sample.Reason != null);
        // The preset of a shared issuer must name a permanent claim that distinguishes its customers.
        (preset.Issuer.Shared.Count == 0 || preset.TenantPins.Any(pin => pin.Immutable)).ShouldBeTrue();
        foreach (var claim in preset.Claims.Where(claim => claim.Prefer is not null))
        {
            claim.Kind.ShouldBeOneOf(ClaimKind.Name, ClaimKind.CallerChosen);
            preset.FindClaim(claim.Prefer!).ShouldNotBeNull(claim.Prefer);
        }
    }

    [Theory]
    [InlineData("https://token.actions.githubusercontent.com", "github-actions", true)]
    [InlineData("https://token.actions.githubusercontent.com/", "github-actions", true)]
    [InlineData("https://TOKEN.actions.githubusercontent.com", "github-actions", true)]
    [InlineData("https://token.actions.githubusercontent.com/acme", "github-actions", false)]
    [InlineData("https://ghe.acme.example/_services/token", "github-actions", false)]
    [InlineData("https://gitlab.com", "gitlab", true)]
    [InlineData("https://gitlab.com.evil.example", null, false)]
    [InlineData("https://oidc.circleci.com/org/6b1c2f0e-0000-4000-8000-000000000001", "circleci", false)]
    [InlineData("https://oidc.circleci.com", "circleci", true)]
    [InlineData("https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF", "eks", false)]
    [InlineData("https://westeurope.oic.prod-aks.azure.com/t/c/", "aks", false)]
    [InlineData("https://sts.windows.net/6b1c2f0e-0000-4000-8000-000000000001/", "azure-managed-identity", true)]
    [InlineData("https://accounts.google.com", "gcp", true)]
    [InlineData("https://acme.app.spacelift.io", "spacelift", false)]
    [InlineData("https://login.example.com", null, false)]
    public void OfAddress_Issuer_IsRecognised(string url, string? preset, bool isShared)
    {
        (PresetCatalogue.OfAddress(url)?.Name).ShouldBe(preset);
        PresetCatalogue.IsShared(url).ShouldBe(isShared);
    }
}
