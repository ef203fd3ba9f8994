using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Servers.Calls;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;
using Shouldly;

namespace Culvert.Identity.Service.Tests.People;

/// <summary>A person's access is withdrawn, with everything that depends on it.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class OffBoardingTests : IAsyncLifetime
{
    private const string Path = "/v1/people/off_board";
    private const string ListPath = "/v1/people/off_boarded";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private CallApprovalScene scene = null!;
    private string issuerId = "";

    public async ValueTask InitializeAsync()
    {
        scene = await CallApprovalScene.StartAsync();
        issuerId = await AddIssuerAsync(scene.Api);
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task OffBoard_PersonWithAccess_EndsAllOfItAndCountsIt()
    {
        using var first = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer]);
        using var second = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer]);
        using var bob = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer], "bob");
        var (key, _) = await PersonKeys.AddAsync(
            scene.Service,
            scene.OrganizationId,
            "Ada",
            owner: new KeyOwner(ConsolePersons.Issuer, "ada")
        );
        var (bobsKey, _) = await PersonKeys.AddAsync(
            scene.Service,
            scene.OrganizationId,
            "Bob",
            owner: new KeyOwner(ConsolePersons.Issuer, "bob")
        );
        var direct = await scene.Agent.AskAsync(CallRequests.Body(1, subject: "ada"));
        var byServer = await scene.Agent.AskAsync(AtOrganization(CallRequests.Body(2, subject: $"{issuerId}:ada")));
        var bobs = await scene.Agent.AskAsync(CallRequests.Body(3, subject: "bob"));
        using var clients = key;
        using var others = bobsKey;

        var done = await OffBoardAsync();

        done.Text("type").ShouldBe("off_boarding");
        done.Text("issuer_id").ShouldBe(issuerId);
        done.Text("subject_hash").ShouldBe(Sha256Text.ToBase64Url("ada"));
        CountEffects(done)
            .ShouldBe([
                ("admin_keys", 1),
                ("call_approvals", 2),
                ("connection_grants", 0),
                ("console_sessions", 2),
                ("enrollments", 0),
                ("refresh_grants", 0),
            ]);
        (await FindSessionAsync(first)).ShouldBeNull();
        (await FindSessionAsync(second)).ShouldBeNull();
        (await FindSessionAsync(bob)).ShouldNotBeNull();
        using (var refused = await key.GetAsync(ListPath, Cancel))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await bobsKey.GetOkAsync(ListPath);
        (await GetStateAsync(direct)).ShouldBe("rejected");
        (await GetStateAsync(byServer)).ShouldBe("rejected");
        (await GetStateAsync(bobs)).ShouldBe("pending");
        var data = (await FindEventsAsync()).ShouldHaveSingleItem().GetProperty("event_data");
        data.Text("subject").ShouldBe("ada");
        data.Text("source").ShouldBe("operator");
        data.Text("reason").ShouldBe("has left");
        data.GetProperty("effects").GetProperty("call_approvals").GetInt32().ShouldBe(2);
        var listed = (await scene.Api.GetOkAsync(ListPath)).GetProperty("data")[0];
        listed.Id().ShouldBe(done.Id());
        listed.Text("issuer_id").ShouldBe(issuerId);
        listed.Text("subject_hash").ShouldBe(Sha256Text.ToBase64Url("ada"));
    }

    [Fact]
    public async Task OffBoard_Again_RaisesTheTimeAndEndsWhatWasAdded()
    {
        var first = await OffBoardAsync();
        scene.Service.Time.Advance(TimeSpan.FromSeconds(5));
        using var session = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer]);

        var second = await OffBoardAsync();

        second.Id().ShouldBe(first.Id());
        second
            .GetProperty("issued_before")
            .GetDateTimeOffset()
            .ShouldBeGreaterThan(first.GetProperty("issued_before").GetDateTimeOffset());
        CountEffects(second).ShouldContain(("console_sessions", 1));
        (await scene.Api.GetOkAsync(ListPath)).GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task OffBoard_UntilAnEarlierTime_LeavesSessionsThatWereProvenSince()
    {
        var before = UtcTimeConverter.Format(scene.Service.Time.GetUtcNow());
        scene.Service.Time.Advance(TimeSpan.FromSeconds(2));
        using var session = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer]);

        var done = await OffBoardAsync(before: before);

        CountEffects(done).ShouldContain(("console_sessions", 0));
        (await FindSessionAsync(session)).ShouldNotBeNull();
    }

    [Fact]
    public async Task OffBoard_IssuerOfAnotherOrganization_IsUnknown()
    {
        var (_, eve) = await scene.AddOrganizationAsync();
        using (eve)
        {
            await eve.PostAsync(Path, Body()).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
            (await eve.GetOkAsync(ListPath)).GetProperty("data").GetArrayLength().ShouldBe(0);
        }

        (await FindEventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(""" "subject":"ada","reason":" " """)]
    [InlineData(""" "subject":"ada" """)]
    [InlineData(""" "subject":"","reason":"x" """)]
    [InlineData(""" "subject":"ada","reason":"x","issued_before":"2999-01-01T00:00:00Z" """)]
    public async Task OffBoard_Malformed_IsRefused(string members)
    {
        using var refused = await scene.Api.PostAsync(Path, $$"""{"issuer_id":"{{issuerId}}",{{members}}}""");

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await FindEventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CreateRevocationRequest.MaxSubjectLength, HttpStatusCode.OK)]
    [InlineData(CreateRevocationRequest.MaxSubjectLength + 1, HttpStatusCode.BadRequest)]
    public async Task OffBoard_LongSubject_IsBounded(int length, HttpStatusCode expected)
    {
        using var answer = await scene.Api.PostAsync(Path, Body(new string('a', length)));

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task OffBoard_SameMessageTwice_IsRepeated()
    {
        var replay = new ReplayKey(
            SHA256.HashData(Encoding.UTF8.GetBytes("message 1")),
            scene.Service.Time.GetUtcNow().AddHours(1)
        );
        var request = new OffBoardingRequest(
            new PersonKey(scene.OrganizationId, issuerId, "ada"),
            OffBoardingSource.Signal,
            "account-disabled"
        )
        {
            Replay = replay,
        };
        var offBoarder = scene.Service.Get<OffBoarder>();

        (await offBoarder.OffBoardAsync(AuditCause.System, request, Cancel)).IsOk.ShouldBeTrue();
        var again = await offBoarder.OffBoardAsync(AuditCause.System, request, Cancel);

        again.Refusal!.Code.ShouldBe(PeopleErrors.Repeated);
        (await FindEventsAsync()).ShouldHaveSingleItem().GetProperty("event_data").Text("source").ShouldBe("signal");
    }

    [Fact]
    public async Task AgentFeed_PersonIsOffBoarded_WakesAndSaysSo()
    {
        var before = await scene.Agent.GetOkAsync("/v1/agent/feed");
        before.TryGetProperty("off_boarded", out _).ShouldBeFalse();
        var query = $"since={before.GetProperty("revision").GetInt64()}&held={before.Text("digest")}&wait=30s";
        var waiting = scene.Agent.GetOkAsync($"/v1/agent/feed?{query}");

        var done = await OffBoardAsync();

        var told = (await waiting).GetProperty("off_boarded")[0];
        told.Text("issuer").ShouldBe(ConsolePersons.Issuer);
        told.Text("issuer_id").ShouldBe(issuerId);
        told.Text("subject_hash").ShouldBe(Sha256Text.ToBase64Url("ada"));
        told.GetProperty("issued_before")
            .GetInt64()
            .ShouldBe(done.GetProperty("issued_before").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task AgentFeed_Always_HasTheAuthorizationServerAndItsKeys()
    {
        var told = (await scene.Agent.GetOkAsync("/v1/agent/feed")).GetProperty("authorization");
        var keys = await scene.Api.GetOkAsync("/v1/oauth/jwks");

        told.Text("issuer").ShouldBe(OrganizationIssuer.GetUrl(scene.Service.Options.PublicUrl, scene.OrganizationId));
        JsonElement.DeepEquals(told.GetProperty("keys"), keys).ShouldBeTrue();
    }

    [Fact]
    public async Task AgentFeed_SigningKeyIsPrepared_WakesAndHasIt()
    {
        var before = await scene.Agent.GetOkAsync("/v1/agent/feed");
        var query = $"since={before.GetProperty("revision").GetInt64()}&held={before.Text("digest")}&wait=30s";
        var waiting = scene.Agent.GetOkAsync($"/v1/agent/feed?{query}");

        await scene.Api.PostOkAsync("/v1/oauth/signing_keys/rotate");

        (await waiting)
            .GetProperty("authorization")
            .GetProperty("keys")
            .GetProperty("keys")
            .GetArrayLength()
            .ShouldBe(before.GetProperty("authorization").GetProperty("keys").GetProperty("keys").GetArrayLength() + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000 - FeedPeople.MostPeople)]
    public async Task List_MoreThanTheBound_CoversTheRestByTheirProvider(int beyond)
    {
        var set = scene.Service.Get<RevocationSet>();
        for (var i = 0; i < FeedPeople.MostPeople + beyond; i++)
        {
            set.Add(
                new TokenRevocation
                {
                    Id = TokenRevocationId.New(),
                    OrganizationId = scene.OrganizationId,
                    Kind = RevocationKind.Subject,
                    Value = TokenTraits.SubjectValue(issuerId, $"hash{i}"),
                    IssuedBefore = 1000 + i,
                    Reason = "",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                    CreatedBy = "test",
                    EndsAt = DateTimeOffset.MaxValue,
                }
            );
        }

        var told = (await scene.Service.Get<FeedPeople>().ListAsync(scene.OrganizationId, Cancel))!;

        told.Count.ShouldBe(FeedPeople.MostPeople + Math.Min(beyond, 1));
        told[FeedPeople.MostPeople - 1]
            .ShouldBe(new AgentFeedOffBoarding(ConsolePersons.Issuer, issuerId, $"hash{beyond}", 1000 + beyond));
        if (beyond > 0)
        {
            told[^1]
                .ShouldBe(
                    new AgentFeedOffBoarding(
                        ConsolePersons.Issuer,
                        issuerId,
                        AgentFeedOffBoarding.Everybody,
                        1000 + beyond - 1
                    )
                );
        }
    }

    [Fact]
    public async Task Approve_OwnCallWithATokenOfTheOrganization_IsRefused()
    {
        var ticket = await scene.Agent.AskAsync(AtOrganization(CallRequests.Body(1, subject: $"{issuerId}:ada")));
        var (ada, _) = await PersonKeys.AddAsync(
            scene.Service,
            scene.OrganizationId,
            "Ada",
            owner: new KeyOwner(ConsolePersons.Issuer, "ada")
        );
        var (bob, _) = await PersonKeys.AddAsync(
            scene.Service,
            scene.OrganizationId,
            "Bob",
            owner: new KeyOwner(ConsolePersons.Issuer, "bob")
        );
        var path = $"/v1/tunnels/{scene.TunnelId}/approvals/{ticket.Id()}/approve";
        using (ada)
        using (bob)
        {
            await ada.PostAsync(path, "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "approvals.own_call");
            await bob.PostOkAsync(path);
        }
    }

    private static async Task<string> AddIssuerAsync(HttpClient client) =>
        (
            await client.PostOkAsync(
                "/v1/organizations/federation_issuers",
                $$$"""{"name":"people","issuer_url":"{{{ConsolePersons.Issuer}}}","jwks":{"type":"discovery"}}"""
            )
        ).Id();

    private static IEnumerable<(string, int)> CountEffects(JsonElement done) =>
        done.GetProperty("effects").EnumerateObject().Select(effect => (effect.Name, effect.Value.GetInt32()));

    private string Body(string subject = "ada", string? before = null) =>
        JsonSerializer.Serialize(
            new Dictionary<string, string?>
            {
                ["issuer_id"] = issuerId,
                ["subject"] = subject,
                ["reason"] = "has left",
                ["issued_before"] = before,
            }
        );

    private Task<JsonElement> OffBoardAsync(string? before = null) => scene.Api.PostOkAsync(Path, Body(before: before));

    private string AtOrganization(string body) =>
        body.Replace(
            $"\"issuer\":\"{ConsolePersons.Issuer}\"",
            $"\"issuer\":\"{OrganizationIssuer.GetUrl(scene.Service.Options.PublicUrl, scene.OrganizationId)}\"",
            StringComparison.Ordinal
        );

    private async Task<string> GetStateAsync(JsonElement ticket) =>
        (await scene.Api.GetOkAsync($"/v1/tunnels/{scene.TunnelId}/approvals/{ticket.Id()}")).Text("state");

    private async Task<ConsoleSession?> FindSessionAsync(ConsoleBrowser browser) =>
        await scene
            .Service.Get<ConsoleSessionStore>()
            .FindAsync(SHA256.HashData(Encoding.ASCII.GetBytes(browser.Cookies[ConsoleCookie.Session])), Cancel);

    private async Task<IReadOnlyList<JsonElement>> FindEventsAsync() =>
        [
            .. (await scene.Api.GetOkAsync("/v1/audit?limit=100"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body"))
                .Where(body => body.Text("event") == AuditEvents.PersonOffBoarded),
        ];
}
