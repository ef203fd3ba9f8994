using Culvert.Identity.Service.Federation.Presets;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Presets;

public sealed class GitHubSubjectTests
{
    [Theory]
    [InlineData("repo:acme/api:environment:prod", "acme", null, "api", null, "environment:prod")]
    [InlineData("repo:acme@65/api@74:ref:refs/heads/main", "acme", "65", "api", "74", "ref:refs/heads/main")]
    [InlineData("repo:acme/api:ref:refs/heads/a@b/c:d", "acme", null, "api", null, "ref:refs/heads/a@b/c:d")]
    public void TryParse_BothForms_AreReadFromFixedPlaces(
        string text,
        string owner,
        string? ownerId,
        string repository,
        string? repositoryId,
        string context
    )
    {
        GitHubSubject.TryParse(text, out var subject).ShouldBeTrue();

        subject.ShouldBe(new GitHubSubject(owner, ownerId, repository, repositoryId, context));
        subject.Text.ShouldBe(text);
    }

    [Theory]
    [InlineData("repo:acme@65/api:ref:x")]
    [InlineData("repo:acme/api@74:ref:x")]
    [InlineData("repo:acme@x/api@74:ref:x")]
    [InlineData("repo:/api:ref:x")]
    [InlineData("repo:acme/:ref:x")]
    [InlineData("repo:acme/api:")]
    [InlineData("repo:acme/api")]
    [InlineData("repository_owner_id:65:environment:prod")]
    [InlineData("")]
    public void TryParse_NeitherForm_IsRefused(string text) => GitHubSubject.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Immutable_OfClassic_IsItsTwin()
    {
        GitHubSubject.TryParse("repo:acme/api:environment:prod", out var classic).ShouldBeTrue();

        classic.Immutable("65", "74").Text.ShouldBe("repo:acme@65/api@74:environment:prod");
        classic.Immutable("65", "74").Classic().ShouldBe(classic);
    }
}
