using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Signals;
using Culvert.Identity.Service.Webhooks;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>Withdrawals of access as security event tokens (RFC 8417), pushed (RFC 8935) over real TLS.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class SecurityEventTokenTests : IAsyncLifetime
{
    private const string Name = "receiver.test";
    private const string Audience = "https://receiver.test/events";
    private const string OwnEvents = FederatedService.PublicUrl + "/docs/security-events#";

    private readonly TestPki pki = new();
    private readonly List<WebhookReceiver> receivers = [];
    private FederatedService federated = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Issuer => $"{FederatedService.PublicUrl}/oauth/{federated.OrganizationId}";

    private long Now => federated.Time.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask InitializeAsync()
    {
        federated = await FederatedService.StartAsync();
        federated.Service.Names.Set(Name, "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        await federated.DisposeAsync();
        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    [Fact]
    public async Task OffBoard_ByAnOperator_PushesASessionRevokedThatTheKeySetVerifies()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);
        var issuer = await federated.IssuerAsync();

        await OffBoardAsync(issuer, "ada");
        var delivery = await UntilAsync(hook, "delivered");

        delivery.Text("event").ShouldBe("session-revoked");
        var message = receiver.Messages.ShouldHaveSingleItem();
        message.ContentType.ShouldBe("application/secevent+jwt");
        message.Accept.ShouldBe("application/json");
        (message.Id, message.Signature).ShouldBe(("", ""));
        await ShouldVerifyAsync(message.Body);
        Claims(message)
            .ShouldBe(
                $$$$"""
                {"iss":"{{{{Issuer}}}}","aud":"{{{{Audience}}}}","iat":{{{{Now}}}},"jti":"{{{{delivery.Id()}}}}",
                "sub_id":{"format":"iss_sub","iss":"{{{{federated.Provider.Url}}}}","sub":"ada"},
                "events":{"{{{{SignalEvents.Caep}}}}session-revoked":{"event_timestamp":{{{{Now}}}},"initiating_entity":"admin"}}}
                """.ReplaceLineEndings("")
            );
    }

    [Fact]
    public async Task OffBoard_TokenThatIsPushed_IsAcceptedByNpmJoseWithTheKeySetAlone()
    {
        using var peer = new JosePeer();
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");
        await UntilAsync(hook, "delivered");

        var token = receiver.Messages.ShouldHaveSingleItem().Body;
        var keySet = Encoding.UTF8.GetBytes(await KeySetAsync());
        (await peer.JudgeAsync([(token, keySet)], "secevent+jwt")).ShouldBe([null]);
        (await peer.JudgeAsync([(token, keySet)], "at+jwt")).ShouldBe(["ERR_JWT_CLAIM_VALIDATION_FAILED"]);
    }

    [Fact]
    public async Task OffBoard_OfAnEarlierTime_HasItAsToe()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);
        var issuer = await federated.IssuerAsync();
        var before = federated.Time.GetUtcNow() - TimeSpan.FromMinutes(10);

        await OffBoardAsync(issuer, "ada", before);
        await UntilAsync(hook, "delivered");

        var claims = JsonNode.Parse(Claims(receiver.Messages.ShouldHaveSingleItem()))!;
        ((long)claims["toe"]!).ShouldBe(before.ToUnixTimeSeconds());
        ((long)claims["iat"]!).ShouldBe(Now);
    }

    // Two services that notify each other must not do so forever.
    [Fact]
    public async Task OffBoard_OfWhatIsWithdrawnAlready_PushesNothing()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);
        var issuer = await federated.IssuerAsync();
        var before = federated.Time.GetUtcNow() - TimeSpan.FromMinutes(10);
        await OffBoardAsync(issuer, "ada", before);
        await UntilAsync(hook, "delivered");

        await OffBoardAsync(issuer, "ada", before);

        (await DeliveriesAsync(hook)).ShouldHaveSingleItem().Text("event").ShouldBe("session-revoked");
    }

    [Fact]
    public async Task OffBoard_ByADirectory_PushesAnAccountDisabled()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);
        var issuer = await federated.IssuerAsync();
        using var directory = await ScimClient.CreateAsync(federated.Service, issuer);

        await directory.CreateUserAsync("ada@example.com", "ada", "\"active\":false");
        await UntilAsync(hook, "delivered");

        var claims = JsonNode.Parse(Claims(receiver.Messages.ShouldHaveSingleItem()))!;
        claims["events"]!.ToJsonString().ShouldBe($$$"""{"{{{SignalEvents.Risc}}}account-disabled":{}}""");
        ((string?)claims["sub_id"]!["sub"]).ShouldBe("ada");
    }

    [Fact]
    public async Task Revoke_OfATokenFamily_PushesATokenRevoked()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);

        await federated.CreateAsync(
            "/v1/oauth/revocations",
            new JsonObject { ["kind"] = "family", ["family"] = "family-1" }
        );
        await UntilAsync(hook, "delivered");

        var claims = JsonNode.Parse(Claims(receiver.Messages.ShouldHaveSingleItem()))!;
        claims["events"]!.ToJsonString().ShouldBe($$$"""{"{{{OwnEvents}}}token-revoked":{"kind":"family"}}""");
        claims["sub_id"]!.ToJsonString().ShouldBe("""{"format":"opaque","id":"family-1"}""");
        claims.AsObject().ContainsKey("toe").ShouldBeFalse();
    }

    [Fact]
    public async Task Revoke_OfTheOrganizationsTokens_HasTheOrganizationAsSubjectAndTheTimeAsToe()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);
        var before = federated.Time.GetUtcNow() - TimeSpan.FromHours(1);

        await federated.CreateAsync(
            "/v1/oauth/revocations",
            new JsonObject { ["kind"] = "issued_before", ["issued_before"] = UtcTimeConverter.Format(before) }
        );
        await UntilAsync(hook, "delivered");

        var claims = JsonNode.Parse(Claims(receiver.Messages.ShouldHaveSingleItem()))!;
        ((string?)claims["sub_id"]!["id"]).ShouldBe(federated.OrganizationId);
        ((long)claims["toe"]!).ShouldBe(before.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Test_OfSuchAWebhook_PushesAVerification()
    {
        var receiver = await ReceiverAsync();
        var hook = await CreateAsync(receiver);

        await federated.CreateAsync($"/v1/webhooks/{hook.Id()}/test");
        await UntilAsync(hook, "delivered");

        var claims = JsonNode.Parse(Claims(receiver.Messages.ShouldHaveSingleItem()))!;
        claims["events"]!.ToJsonString().ShouldBe($$$"""{"{{{SignalEvents.Ssf}}}verification":{}}""");
        claims["sub_id"]!.ToJsonString().ShouldBe($$"""{"format":"opaque","id":"{{hook.Id()}}"}""");
    }

    [Fact]
    public async Task Deliver_StatusOf500_SendsTheSameClaimsAgain()
    {
        var answers = new Queue<int>([500, 202]);
        var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = answers.Dequeue();
            return Task.CompletedTask;
        });
        var hook = await CreateAsync(receiver);
        await OffBoardAsync(await federated.IssuerAsync(), "ada");
        (await UntilAsync(hook, "pending", attempts: 1))
            .Text("last_error")
            .ShouldBe("receiver.test answered with status 500.");

        federated.Time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(hook, "delivered");

        receiver.Messages.Count.ShouldBe(2);
        Claims(receiver.Messages[1]).ShouldBe(Claims(receiver.Messages[0]));
    }

    [Fact]
    public async Task Deliver_AgainAfterTheKeyWasCompromised_IsSignedByItsSuccessor()
    {
        var answers = new Queue<int>([500, 202]);
        var receiver = await ReceiverAsync(context => AnswerAsync(context, answers.Dequeue(), ""));
        var hook = await CreateAsync(receiver);
        await OffBoardAsync(await federated.IssuerAsync(), "ada");
        await UntilAsync(hook, "pending", attempts: 1);
        var compromised = Parse(receiver.Messages[0].Body).KeyId;

        await federated.CreateAsync(
            "/v1/oauth/signing_keys/rotate",
            new JsonObject { ["compromised_key_id"] = compromised, ["reason"] = "stolen" }
        );
        federated.Time.Advance(TimeSpan.FromSeconds(6));
        await UntilAsync(hook, "delivered");

        Parse(receiver.Messages[1].Body).KeyId.ShouldNotBe(compromised);
        await ShouldVerifyAsync(receiver.Messages[1].Body);
    }

    [Theory]
    [InlineData(
        """{"err":"invalid_audience","description":"another\u0007 one"}""",
        "The receiver refused the token with invalid_audience: another\uFFFD one"
    )]
    [InlineData("""{"err":"access_denied"}""", "The receiver refused the token with access_denied")]
    public async Task Deliver_RefusalOfTheToken_IsNotRetried(string body, string reason)
    {
        var receiver = await ReceiverAsync(context => AnswerAsync(context, 400, body));
        var hook = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");

        var delivery = await UntilAsync(hook, "failed");
        delivery.Text("last_error").ShouldBe(reason);
        delivery.GetProperty("attempts").GetInt32().ShouldBe(1);
        var status = (await federated.LastAuditAsync(AuditEvents.WebhookDeliveryFailed)).GetProperty("status");
        status.Text("reason").ShouldBe("webhook.undeliverable");
        status.Text("detail").ShouldBe(reason);
    }

    [Fact]
    public async Task Deliver_RefusalWithALongDescription_IsRecordedBounded()
    {
        var text = new string('x', 3000);
        var receiver = await ReceiverAsync(context =>
            AnswerAsync(context, 400, $$"""{"err":"invalid_request","description":"{{text}}"}""")
        );
        var hook = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");

        (await UntilAsync(hook, "failed"))
            .Text("last_error")
            .ShouldBe($"The receiver refused the token with invalid_request: {text[..256]}");
    }

    // The receiver fetches a new key by then; a page is not an answer of a receiver of tokens.
    [Theory]
    [InlineData(400, """{"err":"invalid_key"}""", "The receiver refused the token with invalid_key")]
    [InlineData(400, "<html>", "receiver.test answered with status 400.")]
    [InlineData(400, """{"err":7}""", "receiver.test answered with status 400.")]
    [InlineData(401, """{"err":"invalid_issuer"}""", "receiver.test answered with status 401.")]
    [InlineData(429, "", "receiver.test answered with status 429.")]
    public async Task Deliver_OtherFailure_IsRetried(int status, string body, string reason)
    {
        var receiver = await ReceiverAsync(context => AnswerAsync(context, status, body));
        var hook = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");

        (await UntilAsync(hook, "pending", attempts: 1)).Text("last_error").ShouldBe(reason);
    }

    [Theory]
    [InlineData(200, 8192)]
    [InlineData(202, 0)]
    [InlineData(204, 0)]
    public async Task Deliver_AnySuccess_IsAcceptedWhateverItsBody(int status, int length)
    {
        var receiver = await ReceiverAsync(context => AnswerAsync(context, status, new string('x', length)));
        var hook = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");

        (await UntilAsync(hook, "delivered")).GetProperty("attempts").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Enqueue_ForEachFormat_IsItsOwnEventsAlone()
    {
        var receiver = await ReceiverAsync();
        var standard = await CreateAsync(receiver, format: null);
        var tokens = await CreateAsync(receiver);

        await OffBoardAsync(await federated.IssuerAsync(), "ada");
        await federated.CreateAsync("/v1/admin_keys", new JsonObject { ["name"] = "spare", ["role"] = "viewer" });

        (await DeliveriesAsync(standard)).ShouldHaveSingleItem().Text("event").ShouldBe("admin_key.created");
        (await DeliveriesAsync(tokens)).ShouldHaveSingleItem().Text("event").ShouldBe("session-revoked");
    }

    [Fact]
    public async Task Create_OfEachFormat_ShowsTheSecretOfSignedMessagesAlone()
    {
        var receiver = await ReceiverAsync();

        var standard = await CreateAsync(receiver, format: null);
        var tokens = await CreateAsync(receiver);

        standard.Text("secret").ShouldStartWith("whsec_");
        (standard.Text("format"), standard.GetProperty("audience").ValueKind).ShouldBe(
            ("standard", JsonValueKind.Null)
        );
        tokens.TryGetProperty("secret", out _).ShouldBeFalse();
        (tokens.Text("format"), tokens.Text("audience")).ShouldBe(("security_event_token", Audience));
    }

    [Fact]
    public async Task Revoke_OfAnAgent_PushesAnAgentRevoked()
    {
        var sent = new ScriptedWebhookSender();
        await using var bench = await MachineBench.StartAsync(configure: services =>
            services.AddSingleton<IWebhookSender>(sent)
        );
        await CreateAsync(bench.Service);
        var (agent, _) = await bench.JoinAsync(bench.AgentToken());

        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{agent.Id}/revoke");

        var token = await sent.ReceiveAsync("", Token);
        var claims = JsonNode.Parse(Claims(Encoding.ASCII.GetBytes(token)))!;
        ((string?)claims["sub_id"]!["id"]).ShouldBe(agent.Id);
        var payload = claims["events"]![OwnEvents + "agent-revoked"]!;
        ((string?)payload["tunnel_id"]).ShouldBe(bench.TunnelId);
        ((string?)payload["instance_id"]).ShouldBe("one");
    }

    [Theory]
    [InlineData("refresh_reused")]
    [InlineData("code_reused")]
    [InlineData("by_holder")]
    public async Task Grant_Ends_PushesATokenRevokedOfItsFamilyWithTheReason(string reason)
    {
        var sent = new ScriptedWebhookSender();
        await using var bench = await AuthorizationBench.StartAsync(services =>
            services.AddSingleton<IWebhookSender>(sent)
        );
        var hook = await CreateAsync(bench.Service);
        var code = await bench.CodeAsync();
        var token = await bench.TokenOkAsync(bench.CodeForm(code));
        var refresh = token.Text("refresh_token");

        switch (reason)
        {
            case "refresh_reused":
                await bench.TokenOkAsync(bench.RefreshForm(refresh));
                await bench.ShouldDenyAsync(bench.RefreshForm(refresh));
                break;
            case "code_reused":
                await bench.ShouldDenyAsync(bench.CodeForm(code));
                break;
            default:
                using (var revoked = await bench.TokenAsync(new() { ["token"] = refresh }, endpoint: "revoke"))
                {
                    revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
                }

                break;
        }

        // What ended cannot end again.
        await bench.ShouldDenyAsync(bench.RefreshForm(refresh));
        var pushed = await ReceiveAsync(sent, bench.Service);
        var delivery = await SingleDeliveryAsync(bench.Service, hook);
        delivery.Text("event").ShouldBe("token-revoked");
        var now = bench.Federated.Time.GetUtcNow().ToUnixTimeSeconds();
        var family = FormCalls.ClaimsOf(token.Text("access_token")).Text("family");
        Claims(pushed)
            .ShouldBe(
                $$$$$"""
                {"iss":"{{{{{bench.Issuer}}}}}","aud":"{{{{{Audience}}}}}","iat":{{{{{now}}}}},"jti":"{{{{{delivery.Id()}}}}}",
                "sub_id":{"format":"opaque","id":"{{{{{family}}}}}"},
                "events":{"{{{{{OwnEvents}}}}}token-revoked":{"kind":"family","reason":"{{{{{reason}}}}}","client_id":"{{{{{bench.Client}}}}}",
                "user":{"format":"iss_sub","iss":"{{{{{bench.Federated.Provider.Url}}}}}","sub":"ada"}}}}
                """.ReplaceLineEndings("")
            );
    }

    [Fact]
    public async Task Enroll_InstanceOfAnotherPrincipal_PushesAnAgentInstanceRefused()
    {
        var sent = new ScriptedWebhookSender();
        await using var bench = await MachineBench.StartAsync(configure: services =>
            services.AddSingleton<IWebhookSender>(sent)
        );
        var hook = await CreateAsync(bench.Service);
        await bench.JoinAsync(bench.AgentToken("agent-a"));

        await bench
            .EnrollAsync(bench.AgentToken("agent-b"))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "instance.taken");

        var pushed = await ReceiveAsync(sent, bench.Service);
        var delivery = await SingleDeliveryAsync(bench.Service, hook);
        delivery.Text("event").ShouldBe("agent-instance-refused");
        var now = bench.Service.Time.GetUtcNow().ToUnixTimeSeconds();
        Claims(pushed)
            .ShouldBe(
                $$$$"""
                {"iss":"{{{{FederatedService.PublicUrl}}}}/oauth/{{{{bench.OrganizationId}}}}","aud":"{{{{Audience}}}}","iat":{{{{now}}}},
                "jti":"{{{{delivery.Id()}}}}","sub_id":{"format":"opaque","id":"{{{{bench.TunnelId}}}}"},
                "events":{"{{{{OwnEvents}}}}agent-instance-refused":{"instance_id":"one"}}}
                """.ReplaceLineEndings("")
            );
    }

    [Fact]
    public async Task OffBoard_AtOneService_OffBoardsThePersonAtAnotherThatReceivesItsTokens()
    {
        await using var other = await SignalBench.StartAsync();
        var issuer = await federated.IssuerAsync(body =>
        {
            body["issuer_url"] = other.Federated.Provider.Url;
            body["jwks"]!["ca_cert_pem"] = other.Federated.Provider.Pki.RootPem;
            body["allowed_targets"]![0]!["port"] = other.Federated.Provider.Port;
        });
        // Where the other service reads the keys of this one.
        other.Federated.Provider.Script(
            SignalBench.KeysPath,
            async http => await http.Response.WriteAsync(await KeySetAsync(), Token)
        );
        await other.SetAsync(body => body["transmitter_issuer"] = Issuer);
        WebhookReceiver? relay = null;
        relay = await ReceiverAsync(async http =>
        {
            var token = Encoding.ASCII.GetString(relay!.Messages[^1].Body);
            using var answer = await other.PushAsync(token, contentType: http.Request.ContentType!);
            http.Response.StatusCode = (int)answer.StatusCode;
            await http.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync(Token), Token);
        });
        var hook = await CreateAsync(relay, audience: other.Audience);

        await OffBoardAsync(issuer, "ada");
        await UntilAsync(hook, "delivered");

        var person = (await other.ListPeopleAsync()).ShouldHaveSingleItem();
        person.Text("subject_hash").ShouldBe(Sha256Text.ToBase64Url("ada"));
        person.Text("issuer_id").ShouldBe(other.IssuerId);
    }

    [Fact]
    public async Task Deliver_AudienceThatTheOtherServiceDoesNotHave_IsRecordedAsItsRefusal()
    {
        await using var other = await SignalBench.StartAsync();
        other.Federated.Provider.Script(
            SignalBench.KeysPath,
            async http => await http.Response.WriteAsync(await KeySetAsync(), Token)
        );
        await other.SetAsync(body => body["transmitter_issuer"] = Issuer);
        WebhookReceiver? relay = null;
        relay = await ReceiverAsync(async http =>
        {
            var token = Encoding.ASCII.GetString(relay!.Messages[^1].Body);
            using var answer = await other.PushAsync(token);
            http.Response.StatusCode = (int)answer.StatusCode;
            await http.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync(Token), Token);
        });
        var hook = await CreateAsync(relay);

        await federated.CreateAsync($"/v1/webhooks/{hook.Id()}/test");

        (await UntilAsync(hook, "failed"))
            .Text("last_error")
            .ShouldStartWith("The receiver refused the token with invalid_audience: ");
    }

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body, Token);
    }

    private static string Claims(WebhookReceiver.Message message) => Claims(message.Body);

    private static string Claims(ReadOnlyMemory<byte> token) => Encoding.UTF8.GetString(Parse(token).Claims.Json.Span);

    private static SignedToken Parse(ReadOnlyMemory<byte> token)
    {
        SignedToken.TryParse(token, out var parsed).ShouldBe(JoseRefusal.None);
        return parsed!;
    }

    private async Task ShouldVerifyAsync(ReadOnlyMemory<byte> token)
    {
        var parsed = Parse(token);
        parsed.Type.ShouldBe("secevent+jwt");
        JwkSet.TryParse(Encoding.UTF8.GetBytes(await KeySetAsync()), out var set).ShouldBe(JoseRefusal.None);
        set!.Find(parsed.KeyId, JwsAlgorithm.ES256, out var key).ShouldBe(JoseRefusal.None);
        parsed.Verify(key!, JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
    }

    private Task<string> KeySetAsync() => KeySetAsync(federated.Service);

    private static async Task<string> KeySetAsync(ServiceUnderTest service)
    {
        using var client = service.Client(bearer: null);
        return await client.GetStringAsync("/v1/oauth/jwks", Token);
    }

    private static Task<JsonElement> CreateAsync(ServiceUnderTest service) =>
        service.Api.PostOkAsync(
            "/v1/webhooks",
            $$"""{"url":"https://{{Name}}/","format":"security_event_token","audience":"{{Audience}}"}"""
        );

    /// <summary>The next token, which npm's jose accepts with the service's key set.</summary>
    private static async Task<byte[]> ReceiveAsync(ScriptedWebhookSender sent, ServiceUnderTest service)
    {
        var token = Encoding.ASCII.GetBytes(await sent.ReceiveAsync("", Token));
        using var peer = new JosePeer();
        (
            await peer.JudgeAsync([(token, Encoding.UTF8.GetBytes(await KeySetAsync(service)))], "secevent+jwt")
        ).ShouldBe([null]);
        return token;
    }

    private static async Task<JsonElement> SingleDeliveryAsync(ServiceUnderTest service, JsonElement hook) =>
        (await service.Api.GetOkAsync($"/v1/webhooks/{hook.Id()}/deliveries"))
            .GetProperty("data")
            .EnumerateArray()
            .ShouldHaveSingleItem();

    private async Task<WebhookReceiver> ReceiverAsync(RequestDelegate? answer = null)
    {
        var leaf = pki.Issue(dnsNames: [Name], usages: [TestPki.ServerAuthentication]);
        var receiver = await WebhookReceiver.StartAsync(
            leaf,
            pki.Issuing,
            answer ?? (context => AnswerAsync(context, (int)HttpStatusCode.Accepted, ""))
        );
        receivers.Add(receiver);
        return receiver;
    }

    private Task<JsonElement> CreateAsync(
        WebhookReceiver receiver,
        string? format = "security_event_token",
        string audience = Audience
    )
    {
        var body = new JsonObject
        {
            ["url"] = $"https://{Name}:{receiver.Port}/events",
            ["allowed_targets"] = new JsonArray($"127.0.0.0/8:{receiver.Port}"),
            ["ca_certificate_pem"] = pki.RootPem,
        };
        if (format is not null)
        {
            body["format"] = format;
            body["audience"] = audience;
        }

        return federated.CreateAsync("/v1/webhooks", body);
    }

    private Task<JsonElement> OffBoardAsync(string issuer, string subject, DateTimeOffset? before = null)
    {
        var body = new JsonObject
        {
            ["issuer_id"] = issuer,
            ["subject"] = subject,
            ["reason"] = "has left",
        };
        if (before is { } time)
        {
            body["issued_before"] = UtcTimeConverter.Format(time);
        }

        return federated.CreateAsync("/v1/people/off_board", body);
    }

    private async Task<JsonElement> UntilAsync(JsonElement hook, string state, int attempts = 0)
    {
        JsonElement delivery = default;
        await Eventually.UntilAsync(
            async () =>
            {
                // The service's own loop runs when it is notified, or by the fake clock.
                await federated.Service.Get<WebhookDeliverer>().RunAsync(Token);
                delivery = await DeliveriesAsync(hook) is [var newest, ..] ? newest : default;
                return delivery.ValueKind == JsonValueKind.Object
                    && delivery.Text("state") == state
                    && delivery.GetProperty("attempts").GetInt32() >= attempts
                    && (state != "pending" || delivery.GetProperty("last_error").ValueKind == JsonValueKind.String);
            },
            Token
        );
        return delivery;
    }

    private async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(JsonElement hook) =>
        [.. (await federated.GetAsync($"/v1/webhooks/{hook.Id()}/deliveries")).GetProperty("data").EnumerateArray()];
}
