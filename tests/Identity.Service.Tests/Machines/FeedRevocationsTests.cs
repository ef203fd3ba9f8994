using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Machines;

/// <summary>S35: what the feeds of agents say of revoked access tokens.</summary>
[Trait("Attack", "A59")]
public sealed class FeedRevocationsTests
{
    private const string Path = "/v1/oauth/revocations";

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AgentFeed_TokenIsRevoked_WakesAndSaysSo()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var before = await agent.GetOkAsync("/v1/agent/feed");
        before.TryGetProperty("token_revocations", out _).ShouldBeFalse();
        var query = $"since={before.GetProperty("revision").GetInt64()}&held={before.Text("digest")}&wait=30s";
        var waiting = agent.GetOkAsync($"/v1/agent/feed?{query}");

        await service.Api.PostOkAsync(Path, """{"kind":"token","token_id":"jti-1"}""");
        var told = (await waiting).GetProperty("token_revocations");

        told.Text("issuer").ShouldBe(service.Options.PublicUrl);
        told.Text("hashes")
            .ShouldBe(AgentFeedTokenRevocations.Join([AgentFeedTokenRevocations.ComputeHash("token", "jti-1")]));
        told.GetProperty("until").GetArrayLength().ShouldBe(0);

        await service.Api.PostOkAsync(Path, """{"kind":"issued_before"}""");
        var until = (await agent.GetOkAsync("/v1/agent/feed")).GetProperty("token_revocations").GetProperty("until")[0];
        until.Text("kind").ShouldBe("issued_before");
        until.Text("value").ShouldBe("");
        until.GetProperty("issued_before").GetInt64().ShouldBe(service.Time.GetUtcNow().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task AgentFeed_RevocationOfAnotherOrganization_IsNotShown()
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        service.Services.GetRequiredService<RevocationSet>().Add(Revocation(RevocationKind.Token, "x", "another"));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        (await agent.GetOkAsync("/v1/agent/feed")).TryGetProperty("token_revocations", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(RevocationKind.Rule, "rule")]
    [InlineData(RevocationKind.RuleVersion, "rule_version")]
    [InlineData(RevocationKind.Principal, "principal")]
    [InlineData(RevocationKind.Issuer, "issuer")]
    [InlineData(RevocationKind.Subject, "subject")]
    [InlineData(RevocationKind.IssuedBefore, "issued_before")]
    internal async Task Of_KindThatKnowsTime_IsToldWithItsMoment(RevocationKind kind, string name)
    {
        await using var service = await StartAsync();
        service.Services.GetRequiredService<RevocationSet>().Add(Revocation(kind, "v", "org"));

        var told = service.Services.GetRequiredService<FeedRevocations>().GetRevocations("org")!;

        told.Hashes.ShouldBeEmpty();
        told.Until.ShouldBe([new AgentFeedTokenRevocation(Kind: name, Value: "v", IssuedBefore: 1000)]);
    }

    [Theory]
    [InlineData(RevocationKind.Token, "token")]
    [InlineData(RevocationKind.Family, "family")]
    internal async Task Of_KindForGood_IsToldAsAHash(RevocationKind kind, string name)
    {
        await using var service = await StartAsync();
        service.Services.GetRequiredService<RevocationSet>().Add(Revocation(kind, "v", "org"));

        var told = service.Services.GetRequiredService<FeedRevocations>().GetRevocations("org")!;

        told.Hashes.ShouldBe(AgentFeedTokenRevocations.Join([AgentFeedTokenRevocations.ComputeHash(name, "v")]));
        told.Until.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Of_MoreThanTheBound_CoversTheRestByOneMoment(int beyond, bool isCut)
    {
        await using var service = await StartAsync();
        var set = service.Services.GetRequiredService<RevocationSet>();
        for (var i = 0; i < FeedRevocations.MostUntil + beyond; i++)
        {
            set.Add(Revocation(RevocationKind.Rule, $"fdrl_{i}", "org") with { IssuedBefore = 1000 + i });
        }

        var until = service.Services.GetRequiredService<FeedRevocations>().GetRevocations("org")!.Until;

        until.Count.ShouldBe(FeedRevocations.MostUntil);
        until[^1].Kind.ShouldBe(isCut ? "issued_before" : "rule");

        // The latest of those left over: the last and the one before it.
        until[^1].IssuedBefore.ShouldBe(isCut ? 1001 : 1000);
    }

    private static TokenRevocation Revocation(RevocationKind kind, string value, string organization) =>
        new()
        {
            Id = TokenRevocationId.New(),
            OrganizationId = organization,
            Kind = kind,
            Value = value,
            IssuedBefore = kind.KnowsTime() ? 1000 : TokenRevocation.Always,
            Reason = "",
            CreatedAt = DateTimeOffset.UnixEpoch,
            CreatedBy = "test",
            EndsAt = DateTimeOffset.MaxValue,
        };

    private Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );
}
