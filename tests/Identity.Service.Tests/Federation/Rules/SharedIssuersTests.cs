using Culvert.Identity.Service.Federation.Rules;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules;

public sealed class SharedIssuersTests
{
    private const string GitHub = "https://token.actions.githubusercontent.com";

    // A22
    [Theory]
    [InlineData(GitHub, "repo:acme/app:*", true)]
    [InlineData(GitHub, "repo:acme@65/*", true)]
    [InlineData(GitHub, "repo:acme/app:ref:refs/heads/main", true)]
    [InlineData(GitHub, "repo:acme*", false)]
    [InlineData(GitHub, "repo:*", false)]
    [InlineData(GitHub, "repo:/app", false)]
    [InlineData(GitHub, "re*", false)]
    [InlineData(GitHub + "/", "repo:*", false)]
    [InlineData(GitHub + "/acme", "repo:*", true)]
    [InlineData("https://gitlab.com", "project_path:group/app:*", true)]
    [InlineData("https://gitlab.com", "project_path:*", false)]
    [InlineData("https://agent.buildkite.com", "organization:acme:pipeline:*", true)]
    [InlineData("https://app.terraform.io", "organization:acme*", false)]
    [InlineData("https://accounts.google.com", "1234567890", true)]
    [InlineData("https://accounts.google.com", "1234*", false)]
    [InlineData("https://login.example.com", "*x", true)]
    public void CheckTenantPin_Subject_MustNameTheTenant(string url, string subject, bool pinned) =>
        (SharedIssuers.CheckTenantPin(url, new RuleMatch { Subject = subject }) is null).ShouldBe(pinned);

    [Theory]
    [InlineData("repository_owner_id", "65", true)]
    [InlineData("repository_owner_id", "", false)]
    [InlineData("environment", "prod", false)]
    public void CheckTenantPin_Claim_MustNameTheTenant(string name, string value, bool pinned) =>
        (SharedIssuers.CheckTenantPin(GitHub, new RuleMatch { Claims = [new(name, value)] }) is null).ShouldBe(pinned);
}
