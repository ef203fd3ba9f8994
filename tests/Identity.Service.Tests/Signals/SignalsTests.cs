using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>A transmitter pushes security event tokens: what each does, and the exact answer to each that is refused.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class SignalsTests : IAsyncLifetime
{
    private const string Caep = SignalEvents.Caep;
    private const string Risc = SignalEvents.Risc;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private SignalBench bench = null!;

    private FederatedService Federated => bench.Federated;

    public async ValueTask InitializeAsync() => bench = await SignalBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Push_AccountDisabled_OffBoardsThePersonAndSaysSoInListFeedAndAudit()
    {
        var claims = bench.Claims();
        var occurred = bench.Now;
        Federated.Time.Advance(TimeSpan.FromSeconds(5));

        await bench.AcceptAsync(claims);

        var hash = Sha256Text.ToBase64Url("ada");
        var listed = (await bench.ListPeopleAsync()).ShouldHaveSingleItem();
        listed.Text("issuer_id").ShouldBe(bench.IssuerId);
        listed.Text("subject_hash").ShouldBe(hash);
        listed.Text("issued_before").ShouldBe(UtcTimeConverter.Format(occurred));
        var told = await Federated.Service.Get<FeedPeople>().ListAsync(Federated.OrganizationId, Cancel);
        told.ShouldHaveSingleItem()
            .ShouldBe(
                new AgentFeedOffBoarding(Federated.Provider.Url, bench.IssuerId, hash, occurred.ToUnixTimeSeconds())
            );
        var audited = (await bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).ShouldHaveSingleItem();
        audited.GetProperty("actor").Text("type").ShouldBe("signal_transmitter");
        audited.GetProperty("actor").Text("id").ShouldBe(bench.IssuerId);
        audited.GetProperty("actor").Text("issuer").ShouldBe(Federated.Provider.Url);
        var data = audited.GetProperty("event_data");
        data.Text("subject").ShouldBe("ada");
        data.Text("source").ShouldBe("signal");
        data.Text("reason").ShouldBe("account-disabled (jti jti-1)");
        var stream = await Federated.GetAsync(bench.StreamPath);
        stream.Text("last_received_at").ShouldBe(UtcTimeConverter.Format(bench.Now));
    }

    [Fact]
    public async Task Push_SessionsRevoked_RefusesAssertionsFromBeforeAndNotLaterOnes()
    {
        const string Subject = "repo:acme/app:ref:refs/heads/main";
        var account = await Federated.AccountAsync();
        var rule = (
            await Federated.CreateAsync(FederatedService.Rules, Federated.RuleBody(bench.IssuerId, account))
        ).Text("id");
        await Federated.AccessTokenAsync(rule);
        var old = Federated.Token();
        Federated.Time.Advance(TimeSpan.FromSeconds(2));

        await bench.AcceptAsync(bench.Claims(Risc + "sessions-revoked", Subject));
        Federated.Time.Advance(TimeSpan.FromSeconds(2));

        (await Federated.DenialAsync(rule, old)).ShouldBe("token_revoked");
        await Federated.AccessTokenAsync(rule);
    }

    [Theory]
    [InlineData(Caep + "session-revoked", "{}")]
    [InlineData(Caep + "token-claims-change", """{"claims":{"role":"none"}}""")]
    [InlineData(Caep + "credential-change", """{"credential_type":"password","change_type":"revoke"}""")]
    [InlineData(Caep + "credential-change", """{"credential_type":"password","change_type":"delete"}""")]
    [InlineData(Caep + "device-compliance-change", """{"current_status":"not-compliant"}""")]
    [InlineData(Risc + "account-credential-change-required", "{}")]
    [InlineData(Risc + "account-purged", "{}")]
    [InlineData(Risc + "sessions-revoked", "{}")]
    public async Task Push_EventThatWithdraws_OffBoards(string type, string payload)
    {
        await bench.AcceptAsync(bench.Claims(type, payload: JsonNode.Parse(payload)!.AsObject()));

        (await bench.ListPeopleAsync()).ShouldHaveSingleItem().Text("subject_hash").ShouldBe(Hash("ada"));
        (await bench.ListEventsAsync(AuditEvents.SignalReceived)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Risc + "account-enabled", "{}", "account-enabled", null)]
    [InlineData(SignalEvents.Ssf + "verification", """{"state":"x"}""", "verification", null)]
    [InlineData(SignalEvents.Ssf + "stream-updated", """{"status":"paused"}""", "stream-updated", null)]
    [InlineData(Caep + "credential-change", """{"change_type":"create"}""", "credential-change", null)]
    [InlineData(
        Caep + "device-compliance-change",
        """{"current_status":"compliant"}""",
        "device-compliance-change",
        null
    )]
    [InlineData("https://example.com/moved", "{}", "https://example.com/moved", "event_unknown")]
    public async Task Push_EventThatWithdrawsNothing_IsRecordedAlone(
        string type,
        string payload,
        string name,
        string? ignored
    )
    {
        await bench.AcceptAsync(bench.Claims(type, payload: JsonNode.Parse(payload)!.AsObject()));

        (await bench.ListPeopleAsync()).ShouldBeEmpty();
        var data = (await bench.ListEventsAsync(AuditEvents.SignalReceived))
            .ShouldHaveSingleItem()
            .GetProperty("event_data");
        data.GetProperty("events").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe(name);
        data.GetProperty("ignored_because").GetString().ShouldBe(ignored);
        data.Text("token_id").ShouldBe("jti-1");
        data.Text("transmitter_issuer").ShouldBe(Federated.Provider.Url);
    }

    [Theory]
    [InlineData("""{"format":"iss_sub","iss":"$iss","sub":"ada"}""")]
    [InlineData("""{"subject_type":"iss-sub","iss":"$iss","sub":"ada"}""")]
    [InlineData("""{"format":"opaque","id":"ada"}""")]
    [InlineData("""{"format":"complex","user":{"format":"iss_sub","iss":"$iss","sub":"ada"},"device":{}}""")]
    [InlineData("""{"user":{"format":"iss_sub","iss":"$iss","sub":"ada"}}""")]
    [InlineData(
        """{"format":"aliases","identifiers":[{"format":"email","email":"a@b.example"},{"format":"opaque","id":"ada"}]}"""
    )]
    public async Task Push_SubjectThatNamesAPerson_OffBoards(string subject)
    {
        var claims = bench.Claims();
        claims["sub_id"] = Subject(subject);

        await bench.AcceptAsync(claims);

        (await bench.ListPeopleAsync()).ShouldHaveSingleItem().Text("subject_hash").ShouldBe(Hash("ada"));
    }

    [Theory]
    [InlineData("""{"format":"iss_sub","iss":"https://other.example","sub":"ada"}""")]
    [InlineData("""{"format":"iss_sub","iss":"$iss","sub":""}""")]
    [InlineData("""{"format":"email","email":"ada@example.com"}""")]
    [InlineData("""{"format":"phone_number","phone_number":"+12065550100"}""")]
    [InlineData("""{"format":"aliases","identifiers":[{"format":"aliases","identifiers":[]}]}""")]
    [InlineData("""{"format":"aliases","identifiers":"ada"}""")]
    [InlineData("""{"format":"complex","session":{"format":"opaque","id":"s"}}""")]
    [InlineData("""{"format":"complex","user":{"format":"complex","user":{"format":"opaque","id":"ada"}}}""")]
    [InlineData("{}")]
    public async Task Push_SubjectThatNamesNobodyKnown_IsIgnored(string subject)
    {
        var claims = bench.Claims();
        claims["sub_id"] = Subject(subject);

        await bench.AcceptAsync(claims);

        (await bench.ListPeopleAsync()).ShouldBeEmpty();
        (await bench.ListEventsAsync(AuditEvents.SignalReceived))
            .ShouldHaveSingleItem()
            .GetProperty("event_data")
            .Text("ignored_because")
            .ShouldBe("subject_unknown");
    }

    [Fact]
    public async Task Push_SubjectWithinTheEvent_OffBoards()
    {
        var at = bench.Now.AddHours(-1).ToUnixTimeSeconds();
        var claims = bench.Claims(
            Caep + "session-revoked",
            payload: new JsonObject { ["subject"] = bench.SubjectOf("ada"), ["event_timestamp"] = at }
        );
        claims.Remove("sub_id");
        claims.Remove("toe");

        await bench.AcceptAsync(claims);

        var listed = (await bench.ListPeopleAsync()).ShouldHaveSingleItem();
        listed.Text("subject_hash").ShouldBe(Hash("ada"));
        listed.Text("issued_before").ShouldBe(UtcTimeConverter.Format(DateTimeOffset.FromUnixTimeSeconds(at)));
    }

    [Fact]
    public async Task Push_EventsOfDifferentSubjects_IsRefused()
    {
        var claims = bench.Claims();
        claims.Remove("sub_id");
        claims["events"] = new JsonObject
        {
            [Risc + "account-disabled"] = new JsonObject { ["subject"] = bench.SubjectOf("ada") },
            [Caep + "session-revoked"] = new JsonObject { ["subject"] = bench.SubjectOf("bob") },
        };

        using var answer = await bench.PushAsync(claims);

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "invalid_request",
            "events: all of them must have the same subject."
        );
        (await bench.ListPeopleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_SameTokenAgain_IsAcceptedAndDoesNothing()
    {
        var claims = bench.Claims();
        var recorded = bench.Claims(Risc + "account-enabled");
        await bench.AcceptAsync(claims);
        await bench.AcceptAsync(recorded);
        var before = await Federated.GetAsync("/v1/people/off_boarded");
        Federated.Time.Advance(TimeSpan.FromDays(3));

        await bench.AcceptAsync(claims);
        await bench.AcceptAsync(recorded);
        await Federated.RestartAsync();
        await bench.AcceptAsync(claims);
        await bench.AcceptAsync(recorded);

        before.GetProperty("data").GetArrayLength().ShouldBe(1);
        (await bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
        (await bench.ListEventsAsync(AuditEvents.SignalReceived)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_OlderEventAfterAccountEnabled_LeavesWhatWasIssuedSince()
    {
        const string Subject = "repo:acme/app:ref:refs/heads/main";
        var rule = (
            await Federated.CreateAsync(
                FederatedService.Rules,
                Federated.RuleBody(bench.IssuerId, await Federated.AccountAsync())
            )
        ).Text("id");
        var late = bench.Claims(subject: Subject);
        Federated.Time.Advance(TimeSpan.FromMinutes(10));
        await bench.AcceptAsync(bench.Claims(Risc + "account-enabled", Subject));
        Federated.Time.Advance(TimeSpan.FromSeconds(2));
        var token = await Federated.AccessTokenAsync(rule);

        await bench.AcceptAsync(late);

        using var client = Federated.Service.Client(token);
        using var answer = await client.GetAsync("/v1/tunnels", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await bench.ListPeopleAsync()).ShouldHaveSingleItem().Text("subject_hash").ShouldBe(Hash(Subject));
    }

    [Theory]
    [InlineData("jti", null, "jti: a text of 1 to 256 characters is required.")]
    [InlineData("jti", "\"\"", "jti: a text of 1 to 256 characters is required.")]
    [InlineData("jti", "7", "jti: a text of 1 to 256 characters is required.")]
    [InlineData("iat", null, "iat: a number of seconds since 1970 is required.")]
    [InlineData("iat", "\"x\"", "iat: a number of seconds since 1970 is required.")]
    [InlineData("exp", "9999999999", "exp: a security event token does not expire.")]
    [InlineData("toe", "\"x\"", "toe: a number of seconds since 1970, not in the future, is required.")]
    [InlineData("sub_id", "\"ada\"", "sub_id: an object is required.")]
    [InlineData("events", null, "events: an object with 1 to 16 events is required.")]
    [InlineData("events", "{}", "events: an object with 1 to 16 events is required.")]
    [InlineData("events", "[]", "events: an object with 1 to 16 events is required.")]
    [InlineData("events", """{"a":1}""", "events: each is an object, and its name has 1 to 512 characters.")]
    [InlineData("events", """{"":{}}""", "events: each is an object, and its name has 1 to 512 characters.")]
    [InlineData(
        "events",
        """{"a":{"event_timestamp":9999999999}}""",
        "event_timestamp: a number of seconds since 1970, not in the future, is required."
    )]
    public async Task Push_MalformedClaim_IsRefused(string claim, string? value, string description)
    {
        var claims = bench.Claims();
        claims.Remove(claim);
        if (value is not null)
        {
            claims[claim] = JsonNode.Parse(value);
        }

        using var answer = await bench.PushAsync(claims);

        await SignalBench.ShouldBeRefusedAsync(answer, "invalid_request", description);
        (await bench.ListPeopleAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("iat", 30, null)]
    [InlineData("iat", 31, "iat: the time is in the future.")]
    [InlineData("iat", -7 * 86_400, null)]
    [InlineData("iat", (-7 * 86_400) - 1, "iat: the token is older than 7 days.")]
    [InlineData("toe", 30, null)]
    [InlineData("toe", 31, "toe: a number of seconds since 1970, not in the future, is required.")]
    public async Task Push_TimeAtItsBound_IsAcceptedAndBeyondItRefused(string claim, int seconds, string? refusal)
    {
        var claims = bench.Claims();
        claims[claim] = bench.Now.ToUnixTimeSeconds() + seconds;

        using var answer = await bench.PushAsync(claims);

        if (refusal is null)
        {
            await SignalBench.ShouldBeAcceptedAsync(answer);
        }
        else
        {
            await SignalBench.ShouldBeRefusedAsync(answer, "invalid_request", refusal);
        }
    }

    [Theory]
    [InlineData(256, 16, HttpStatusCode.Accepted)]
    [InlineData(257, 16, HttpStatusCode.BadRequest)]
    [InlineData(256, 17, HttpStatusCode.BadRequest)]
    public async Task Push_LongIdOrManyEvents_IsBounded(int idLength, int events, HttpStatusCode expected)
    {
        var claims = bench.Claims();
        claims["jti"] = new string('j', idLength);
        claims["events"] = new JsonObject(
            Enumerable
                .Range(0, events)
                .Select(i => KeyValuePair.Create<string, JsonNode?>($"https://e/{i}", new JsonObject()))
        );

        using var answer = await bench.PushAsync(claims);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Push_OtherTransmitter_IsInvalidIssuer()
    {
        var claims = bench.Claims();
        claims["iss"] = Federated.Provider.Url + "/";

        using var answer = await bench.PushAsync(claims);

        await SignalBench.ShouldBeRefusedAsync(answer, "invalid_issuer", "The token is of another issuer.");
    }

    [Theory]
    [InlineData("\"https://other.example\"", false)]
    [InlineData("7", false)]
    [InlineData(null, false)]
    [InlineData("""["https://other.example"]""", false)]
    [InlineData("""["https://other.example","$aud"]""", true)]
    public async Task Push_Audience_MustBeTheStreams(string? audience, bool isAccepted)
    {
        var claims = bench.Claims();
        claims.Remove("aud");
        if (audience is not null)
        {
            claims["aud"] = JsonNode.Parse(audience.Replace("$aud", bench.Audience, StringComparison.Ordinal));
        }

        using var answer = await bench.PushAsync(claims);

        if (isAccepted)
        {
            await SignalBench.ShouldBeAcceptedAsync(answer);
        }
        else
        {
            await SignalBench.ShouldBeRefusedAsync(answer, "invalid_audience", "The token is for another audience.");
        }
    }

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1"}""")]
    public async Task Push_OtherTypeOfToken_IsRefused(string header)
    {
        using var answer = await bench.PushAsync(bench.Claims(), header);

        await SignalBench.ShouldBeRefusedAsync(answer, "invalid_request", "typ: secevent+jwt is required.");
    }

    [Fact]
    public async Task Push_TypeWithPrefix_IsAccepted()
    {
        using var answer = await bench.PushAsync(
            bench.Claims(),
            """{"alg":"RS256","kid":"rsa-1","typ":"application/secevent+jwt"}"""
        );

        await SignalBench.ShouldBeAcceptedAsync(answer);
    }

    [Theory]
    [InlineData("", "invalid_request", "The body is not a signed token in compact form.")]
    [InlineData("c2ln", "authentication_failed", "The token's signature does not prove its transmitter.")]
    public async Task Push_AlgorithmNone_IsRefused(string signature, string error, string description)
    {
        var token = Federated.Provider.Sign(bench.Claims(), """{"alg":"none","typ":"secevent+jwt"}""");

        using var answer = await bench.PushAsync(token[..(token.LastIndexOf('.') + 1)] + signature);

        await SignalBench.ShouldBeRefusedAsync(answer, error, description);
        (await bench.ListPeopleAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_OtherKeyUnderAKnownName_IsAuthenticationFailed()
    {
        using var other = RSA.Create(2048);
        var forged = TestIdentityProvider.SignWith(other, SignalBench.Header, bench.Claims().ToJsonString());

        using var answer = await bench.PushAsync(forged);

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "authentication_failed",
            "The token's signature does not prove its transmitter."
        );
        (await bench.ListPeopleAsync()).ShouldBeEmpty();
        var refusal = (await Federated.GetAsync(bench.StreamPath)).GetProperty("last_refusal");
        refusal.Text("error_code").ShouldBe("signals.authentication_failed");
        refusal.Text("refused_at").ShouldBe(UtcTimeConverter.Format(bench.Now));
    }

    [Fact]
    public async Task Push_KeyOfAnotherAlgorithm_IsInvalidKey()
    {
        using var answer = await bench.PushAsync(
            bench.Claims(),
            """{"alg":"RS256","kid":"ec-1","typ":"secevent+jwt"}"""
        );

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "invalid_key",
            "The key that signed the token is not acceptable."
        );
    }

    [Fact]
    public async Task Push_WithoutKid_IsInvalidKey()
    {
        using var answer = await bench.PushAsync(bench.Claims(), """{"alg":"RS256","typ":"secevent+jwt"}""");

        await SignalBench.ShouldBeRefusedAsync(answer, "invalid_key", "kid: required.");
    }

    [Fact]
    public async Task Push_ManyUnknownKids_AreInvalidKeyAndCauseOneFetch()
    {
        await bench.AcceptAsync(bench.Claims());
        var before = Federated.Provider.RequestsTo(SignalBench.KeysPath);
        Federated.Time.Advance(TimeSpan.FromSeconds(31));

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    bench.PushAsync(bench.Claims(), $$"""{"alg":"RS256","kid":"k{{i}}","typ":"secevent+jwt"}""")
                )
        );

        foreach (var answer in answers)
        {
            await SignalBench.ShouldBeRefusedAsync(
                answer,
                "invalid_key",
                "The key that signed the token is not acceptable."
            );
            answer.Dispose();
        }

        (Federated.Provider.RequestsTo(SignalBench.KeysPath) - before).ShouldBe(1);
    }

    [Fact]
    public async Task Push_KeysCannotBeFetched_IsRetriedLater()
    {
        Federated.Provider.Script(
            SignalBench.KeysPath,
            http =>
            {
                http.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
        );

        await bench
            .PushAsync(bench.Claims())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signals.keys_unavailable");

        var stream = await Federated.GetAsync(bench.StreamPath);
        stream.Text("last_fetch_failure").ShouldContain("500");
        stream.GetProperty("last_refusal").Text("error_code").ShouldBe("signals.keys_unavailable");
    }

    [Fact]
    public async Task Push_IssuerWasKilled_IsInvalidKey()
    {
        await Federated.CreateAsync(
            $"{FederatedService.Issuers}/{bench.IssuerId}/kill",
            new JsonObject { ["issuer"] = true, ["reason"] = "stolen" }
        );

        using var answer = await bench.PushAsync(bench.Claims());

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "invalid_key",
            "The key that signed the token is not acceptable."
        );
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/jwt")]
    public async Task Push_OtherMediaType_IsRefused(string type)
    {
        var token = Federated.Provider.Sign(bench.Claims(), SignalBench.Header);

        using var answer = await bench.PushAsync(token, contentType: type);

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "invalid_request",
            "content-type: application/secevent+jwt is required."
        );
    }

    [Fact]
    public async Task Push_BodyAboveTheLimit_IsTooLarge() =>
        await bench
            .PushAsync(new string('a', (16 * 1024) + 1))
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("{}")]
    public async Task Push_NoToken_IsRefused(string body)
    {
        using var answer = await bench.PushAsync(body);

        await SignalBench.ShouldBeRefusedAsync(
            answer,
            "invalid_request",
            "The body is not a signed token in compact form."
        );
    }

    [Fact]
    public async Task Push_UnknownDisabledArchivedOrRemoved_IsAnsweredAlike()
    {
        var token = Federated.Provider.Sign(bench.Claims(), SignalBench.Header);
        await bench
            .PushAsync(token, $"{SignalStream.PushPath}/{IssuerId.New().Value}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await bench
            .PushAsync(token, $"{SignalStream.PushPath}/{await Federated.IssuerAsync(Elsewhere)}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await bench.SetAsync(body => body["enabled"] = false);
        await bench.PushAsync(token).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await bench.SetAsync();
        await Federated.CreateAsync($"{FederatedService.Issuers}/{bench.IssuerId}/archive");
        await bench.PushAsync(token).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        using var removed = await Federated.Service.Api.DeleteAsync(bench.StreamPath, Cancel);
        (await removed.JsonAsync()).Text("type").ShouldBe("signal_stream_removed");
        await bench.PushAsync(token).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");

        (await bench.ListPeopleAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(SignalBench.Disabled, AuditEvents.PersonOffBoarded)]
    [InlineData(Risc + "account-enabled", AuditEvents.SignalReceived)]
    public async Task Push_DecisionWasNotWritten_IsRetriedWithEffect(string type, string name)
    {
        await using var other = await SignalBench.StartAsync(services =>
            services
                .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<InterruptingJournal>())
        );
        var claims = other.Claims(type);
        other
            .Federated.Service.Get<InterruptingJournal>()
            .Before(decision => decision.Event?.Name == name, () => other.SetAsync(body => body["enabled"] = false));

        await other.PushAsync(claims).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await other.SetAsync();
        await other.PushAsync(claims).ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        other.Federated.Time.Advance(SignalReceiver.RememberedFor + TimeSpan.FromMinutes(1));
        await other.SetAsync();
        await other.AcceptAsync(claims);
        await other.AcceptAsync(claims);

        (await other.ListEventsAsync(name)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_ThousandTokens_EachIsOneDecisionWithinBoundedMemory()
    {
        const int Tokens = 1_000;
        await bench.AcceptAsync(bench.Claims(Risc + "account-enabled"));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Tokens),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (i, _) => await bench.AcceptAsync(bench.Claims(subject: $"person-{i % 100}"))
        );

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(32 << 20);
        (await bench.ListPeopleAsync()).Count.ShouldBe(100);
        (await bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(Tokens);
    }

    private static string Hash(string subject) => Sha256Text.ToBase64Url(subject);

    private void Elsewhere(JsonObject body) => body["issuer_url"] = Federated.Provider.Url + "/other";

    private JsonNode Subject(string json) =>
        JsonNode.Parse(json.Replace("$iss", Federated.Provider.Url, StringComparison.Ordinal))!;
}
