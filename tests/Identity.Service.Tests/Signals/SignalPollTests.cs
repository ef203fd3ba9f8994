using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>The service polls security event tokens (RFC 8936): what it accepts, reports, and leaves for later.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class SignalPollTests : SignalPollTest
{
    private const string First = """{"maxEvents":100,"returnImmediately":true,"ack":[],"setErrs":{}}""";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private BreakingJournal Journal => Federated.Service.Get<BreakingJournal>();

    protected override void Configure(IServiceCollection services) =>
        services
            .AddSingleton(provider => new BreakingJournal(provider.GetRequiredService<Journal>()))
            .AddSingleton<IJournal>(provider => provider.GetRequiredService<BreakingJournal>());

    [Fact]
    public async Task Poll_AccountDisabled_OffBoardsThePersonAndAcknowledgesTheToken()
    {
        Transmitter.Offer(Bench.Claims());

        await PollAsync();

        (await Bench.ListPeopleAsync()).ShouldHaveSingleItem().Text("issuer_id").ShouldBe(Bench.IssuerId);
        var audited = (await Bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).ShouldHaveSingleItem();
        audited.GetProperty("actor").Text("type").ShouldBe("signal_transmitter");
        audited.GetProperty("actor").Text("id").ShouldBe(Bench.IssuerId);
        audited.GetProperty("actor").Text("issuer").ShouldBe(Federated.Provider.Url);
        audited.GetProperty("event_data").Text("reason").ShouldBe("account-disabled (jti jti-1)");
        Transmitter.Requests.ShouldBe([
            First,
            """{"maxEvents":0,"returnImmediately":true,"ack":["jti-1"],"setErrs":{}}""",
        ]);
        Transmitter.Authorizations.ShouldBe(["", ""]);
        var stream = await GetStreamAsync();
        stream.Text("last_polled_at").ShouldBe(UtcTimeConverter.Format(Bench.Now));
        stream.Text("last_received_at").ShouldBe(UtcTimeConverter.Format(Bench.Now));
        stream.GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Poll_NothingWaits_IsOneRequestPerInterval()
    {
        await PollAsync();
        await PollAsync();
        await PollAfterAsync(Interval - TimeSpan.FromMilliseconds(1));
        Transmitter.Requests.ShouldBe([First]);

        await PollAfterAsync(TimeSpan.FromMilliseconds(1));

        Transmitter.Requests.ShouldBe([First, First]);
    }

    [Fact]
    public async Task Run_Job_PollsTheTransmitter()
    {
        await Federated.CreateAsync($"/v1/jobs/{SignalsRegistration.JobName}/run");

        Transmitter.Requests.ShouldBe([First]);
    }

    [Fact]
    public async Task Poll_DecisionIsNotWritten_IsNotAcknowledgedAndHasItsEffectLater()
    {
        Transmitter.Offer(Bench.Claims());
        Journal.IsBroken = true;

        await PollAsync();

        Transmitter.Requests.ShouldBe([First]);
        Transmitter.Waiting.ShouldBe(1);
        (await GetStreamAsync())
            .Text("last_poll_failure")
            .ShouldBe("Tokens wait at the transmitter: The store does not accept writes.");
        Journal.IsBroken = false;
        await PollAfterAsync(Interval);
        (await Bench.ListPeopleAsync()).Count.ShouldBe(1);
        Transmitter.Acknowledged.ShouldBe(["jti-1"]);
        (await GetStreamAsync()).GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Poll_OneOfTwoDecisionsIsNotWritten_OnlyTheOtherIsAcknowledged()
    {
        Transmitter.Offer(Bench.Claims());
        Transmitter.Offer(Bench.Claims(subject: "bob"));
        Journal.BreakAt(1);

        await PollAsync();

        (await Bench.ListPeopleAsync()).Count.ShouldBe(1);
        Transmitter.Acknowledged.Count.ShouldBe(1);
        Transmitter.Waiting.ShouldBe(1);
        Transmitter.Reported.ShouldBe("{}");
        await PollAfterAsync(Interval);
        (await Bench.ListPeopleAsync()).Count.ShouldBe(2);
        Transmitter.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Poll_AcknowledgementIsLost_TheTokenHasOneEffectAndIsAcknowledgedLater()
    {
        var claims = Bench.Claims();
        Transmitter.Offer(claims);
        var answer = new JsonObject
        {
            ["sets"] = new JsonObject { ["jti-1"] = Federated.Provider.Sign(claims, SignalBench.Header) },
        }.ToJsonString();
        Transmitter.Instead = http =>
        {
            Transmitter.Instead = HostileAnswers.Status(500);
            return http.Response.WriteAsync(answer);
        };

        await PollAsync();
        Transmitter.Instead = null;
        await PollAfterAsync(Interval);

        Transmitter.Acknowledged.ShouldBe(["jti-1"]);
        (await Bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Poll_BadTokens_AreReportedAndTheGoodOneIsAcknowledged()
    {
        using var other = RSA.Create(2048);
        Transmitter.Offer("malformed", "a.b");
        Transmitter.Offer("number", 7);
        Transmitter.Offer(Named("issuer", claims => claims["iss"] = "https://other.example"));
        Transmitter.Offer(Named("audience", claims => claims["aud"] = "https://other.example"));
        Transmitter.Offer(Named("expires", claims => claims["exp"] = 1));
        Transmitter.Offer(Named("key"), """{"alg":"RS256","kid":"none","typ":"secevent+jwt"}""");
        Transmitter.Offer("renamed", Federated.Provider.Sign(Bench.Claims(), SignalBench.Header));
        Transmitter.Offer(
            "forged",
            TestIdentityProvider.SignWith(other, SignalBench.Header, Named("forged").ToJsonString())
        );
        Transmitter.Offer(Named("good", claims => claims["sub_id"] = Bench.SubjectOf("grace")));

        await PollAsync();

        Transmitter.Acknowledged.ShouldBe(["good"]);
        Transmitter.Waiting.ShouldBe(0);
        JsonNode
            .DeepEquals(
                JsonNode.Parse(Transmitter.Reported),
                JsonNode.Parse(
                    """
                    {
                      "malformed": {"err": "invalid_request", "description": "The body is not a signed token in compact form."},
                      "number": {"err": "invalid_request", "description": "The body is not a signed token in compact form."},
                      "issuer": {"err": "invalid_issuer", "description": "The token is of another issuer."},
                      "audience": {"err": "invalid_audience", "description": "The token is for another audience."},
                      "expires": {"err": "invalid_request", "description": "exp: a security event token does not expire."},
                      "key": {"err": "invalid_key", "description": "The key that signed the token is not acceptable."},
                      "renamed": {"err": "invalid_request", "description": "jti: it differs from the name under which the token was delivered."},
                      "forged": {"err": "authentication_failed", "description": "The token's signature does not prove its transmitter."}
                    }
                    """
                )
            )
            .ShouldBeTrue(Transmitter.Reported);
        (await Bench.ListPeopleAsync()).Count.ShouldBe(1);
        (await GetStreamAsync()).GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Poll_KeysCannotBeFetched_AreNeitherAcknowledgedNorReported()
    {
        Transmitter.Offer(Bench.Claims());
        Federated.Provider.Script(SignalBench.KeysPath, HostileAnswers.Status(500));

        await PollAsync();

        Transmitter.Requests.ShouldBe([First]);
        var stream = await GetStreamAsync();
        stream
            .Text("last_poll_failure")
            .ShouldBe("Tokens wait at the transmitter: The transmitter's keys cannot be fetched.");
        stream.GetProperty("last_refusal").Text("error_code").ShouldBe("signals.keys_unavailable");
    }

    [Fact]
    public async Task Poll_MoreAvailable_AsksUntilNothingWaitsAndAcknowledgesAll()
    {
        for (var i = 0; i < 250; i++)
        {
            Transmitter.Offer(Bench.Claims(SignalEvents.Risc + "account-enabled"));
        }

        await PollAsync();

        Transmitter
            .Requests.Select(request => JsonNode.Parse(request)!)
            .Select(request => (request["maxEvents"]!.GetValue<int>(), request["ack"]!.AsArray().Count))
            .ShouldBe([(100, 0), (100, 100), (100, 100), (0, 50)]);
        Transmitter.Waiting.ShouldBe(0);
        (await Bench.ListEventsAsync(AuditEvents.SignalReceived)).Count.ShouldBe(250);
    }

    [Theory]
    [InlineData(401, null, "poll_url: 127.0.0.1 answered with status 401.")]
    [InlineData(500, null, "poll_url: 127.0.0.1 answered with status 500.")]
    [InlineData(202, "{}", "poll_url: 127.0.0.1 answered with status 202.")]
    [InlineData(302, null, "poll_url: 127.0.0.1 answered with a redirect (302), which is not followed.")]
    [InlineData(200, "sorry", "poll_url: the answer is not that of a poll (RFC 8936).")]
    [InlineData(200, "null", "poll_url: the answer is not that of a poll (RFC 8936).")]
    [InlineData(200, "{}", "poll_url: the answer is not that of a poll (RFC 8936).")]
    [InlineData(200, """{"sets":[]}""", "poll_url: the answer is not that of a poll (RFC 8936).")]
    [InlineData(200, """{"sets":{"a":"b","a":"c"}}""", "poll_url: the answer is not that of a poll (RFC 8936).")]
    public async Task Poll_TransmitterFails_IsShownAndPolledLess(int status, string? body, string failure)
    {
        Transmitter.Offer(Bench.Claims());
        Transmitter.Instead = async http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = Transmitter.Url + "/elsewhere";
            await http.Response.WriteAsync(body ?? "");
        };

        await PollAsync();

        var stream = await GetStreamAsync();
        stream.Text("last_poll_failure").ShouldBe(failure);
        stream.GetProperty("last_polled_at").ValueKind.ShouldBe(JsonValueKind.Null);
        for (var i = 0; i < 10; i++)
        {
            await PollAfterAsync(Interval);
        }

        // After 5, 10, 20 and 40 seconds at most, and half as much at least.
        Transmitter.Requests.Count.ShouldBeInRange(4, 5);
        Transmitter.Requests.ShouldAllBe(request => request == First);
        (await Bench.ListPeopleAsync()).ShouldBeEmpty();
        Transmitter.Instead = null;
        await PollAfterAsync(SignalPollReservations.LongestWait);
        (await Bench.ListPeopleAsync()).Count.ShouldBe(1);
        (await GetStreamAsync()).GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "poll_url: the answer has more than 100 tokens.")]
    public async Task Poll_ManyTokensInOneAnswer_AreBounded(int count, string? failure)
    {
        Transmitter.Instead = http =>
            http.Response.WriteAsync(
                new JsonObject
                {
                    ["sets"] = new JsonObject(
                        Enumerable.Range(0, count).Select(i => new KeyValuePair<string, JsonNode?>($"{i}", "x"))
                    ),
                }.ToJsonString()
            );

        await PollAsync();

        (await GetStreamAsync()).GetProperty("last_poll_failure").GetString().ShouldBe(failure);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "poll_url: 127.0.0.1 sent more than 1048576 bytes.")]
    public async Task Poll_LargeAnswer_IsBounded(int excess, string? failure)
    {
        const string Empty = """{"sets":{}}""";
        Transmitter.Instead = http =>
            http.Response.WriteAsync(Empty.PadRight(SignalPollClient.MaxAnswerBytes + excess));

        await PollAsync();

        (await GetStreamAsync()).GetProperty("last_poll_failure").GetString().ShouldBe(failure);
    }

    [Fact]
    public async Task Poll_TokensTogetherTooLarge_AreRequestedInSmallerAnswers()
    {
        Transmitter.Padding = 300_000;
        for (var i = 0; i < 7; i++)
        {
            Transmitter.Offer(Bench.Claims(SignalEvents.Risc + "account-enabled"));
        }

        await PollAsync();

        Transmitter
            .Requests.Select(request => JsonNode.Parse(request)!["maxEvents"]!.GetValue<int>())
            .ShouldBe([100, 25, 6, 1, 1, 1, 1, 1, 1, 1, 0]);
        Transmitter.Acknowledged.Count.ShouldBe(7);
        (await GetStreamAsync()).GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(StatusCodes.Status202Accepted)]
    [InlineData(StatusCodes.Status204NoContent)]
    public async Task Poll_ReportIsAnsweredWithoutADocument_Succeeds(int status)
    {
        Transmitter.Offer(Bench.Claims());
        Transmitter.ReportStatus = status;

        await PollAsync();

        Transmitter.Acknowledged.ShouldBe(["jti-1"]);
        (await GetStreamAsync()).GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Poll_EachOutcome_IsCounted()
    {
        // Of all tests that run now.
        var counted = new ConcurrentBag<(long Polls, object? Outcome)>();
        using var listener = Instruments.Listen<long>(
            ServiceMeters.SignalPolls.Name,
            (polls, labels) => counted.Add((polls, labels["outcome"]))
        );
        await PollAsync();
        Transmitter.Instead = HostileAnswers.Status(500);

        await PollAfterAsync(Interval);

        counted.ShouldContain((1, "succeeded"));
        counted.ShouldContain((1, "failed"));
    }

    [Fact]
    public async Task Poll_SlowTransmitter_TimesOutAndIsShown()
    {
        var asked = new TaskCompletionSource();
        Transmitter.Instead = async http =>
        {
            asked.SetResult();
            await Never.RespondAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        var poll = PollAsync();
        await asked.Task.WaitAsync(Cancel);
        Federated.Time.Advance(TimeSpan.FromSeconds(6));
        await poll;

        (await GetStreamAsync())
            .Text("last_poll_failure")
            .ShouldBe("poll_url: 127.0.0.1 did not finish its response within 5 s.");
    }

    [Theory]
    [InlineData("600", 600)]
    [InlineData("86400", 3600)]
    public async Task Poll_RetryAfter_IsHonouredUpToAnHour(string header, int seconds)
    {
        Transmitter.Instead = http =>
        {
            http.Response.Headers.RetryAfter = header;
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await PollAsync();

        await PollAfterAsync(TimeSpan.FromSeconds(seconds - 1));
        Transmitter.Requests.Count.ShouldBe(1);
        await PollAfterAsync(TimeSpan.FromSeconds(1));

        Transmitter.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Poll_DisabledArchivedOrRemoved_IsNotPolled()
    {
        await SetPollAsync(body => body["enabled"] = false);
        await PollAsync();
        await SetPollAsync();
        await Federated.CreateAsync($"{FederatedService.Issuers}/{Bench.IssuerId}/archive");
        await PollAsync();
        using (await Federated.Service.Api.DeleteAsync(Bench.StreamPath, Cancel))
        {
            await PollAsync();
        }

        Transmitter.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Poll_DisabledWhileTheAnswerArrives_HasNoEffectAndIsNotAcknowledged()
    {
        Transmitter.Offer(Bench.Claims());
        Transmitter.Instead = async http =>
        {
            Transmitter.Instead = null;
            await SetPollAsync(body => body["enabled"] = false);
            await http.Response.WriteAsync(
                new JsonObject
                {
                    ["sets"] = new JsonObject { ["late"] = Federated.Provider.Sign(Named("late"), SignalBench.Header) },
                }.ToJsonString()
            );
        };

        await PollAsync();

        (await Bench.ListPeopleAsync()).ShouldBeEmpty();
        Transmitter.Requests.ShouldBe([First]);
    }

    [Fact]
    public async Task Poll_TwoNodes_OneOfThemPolls()
    {
        Transmitter.Offer(Bench.Claims());
        var other = ActivatorUtilities.CreateInstance<SignalPoller>(Federated.Service.Services);
        Transmitter.Instead = async http =>
        {
            Transmitter.Instead = null;
            await other.RunAsync(Cancel);
            await http.Response.WriteAsync("""{"sets":{}}""");
        };

        await PollAsync();
        await other.RunAsync(Cancel);

        Transmitter.Requests.ShouldBe([First]);
    }

    [Fact]
    public async Task Acquire_StreamThatTwoNodesFound_IsReservedForOne()
    {
        var found = await Federated.Service.Get<SignalStreamStore>().ListPollableAsync(Bench.Now, 10, Cancel);
        var reservations = Federated.Service.Get<SignalPollReservations>();

        var first = await reservations.TryAcquireAsync(found.ShouldHaveSingleItem(), Cancel);
        var second = await reservations.TryAcquireAsync(found[0], Cancel);

        first.ShouldNotBeNull().NextPollAt.ShouldBe(Bench.Now + TimeSpan.FromSeconds(50));
        second.ShouldBeNull();
    }

    [Fact]
    public async Task Poll_NodeThatPolledIsGone_AnotherPollsAfterTheReservation()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Transmitter.Instead = async http =>
        {
            Transmitter.Instead = null;
            await gone.CancelAsync();
            await http.Response.WriteAsync("""{"sets":{}}""");
        };
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Federated.Service.Get<SignalPoller>().RunAsync(gone.Token)
        );

        await PollAfterAsync(TimeSpan.FromSeconds(49));
        Transmitter.Requests.Count.ShouldBe(1);
        await PollAfterAsync(TimeSpan.FromSeconds(1));

        Transmitter.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Push_ToAPolledStream_IsNotFoundAndTheOtherWayRoundNotPolled()
    {
        (await GetStreamAsync()).GetProperty("push_url").ValueKind.ShouldBe(JsonValueKind.Null);
        await Bench.PushAsync(Bench.Claims()).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await Bench.SetAsync();
        await PollAsync();

        await Bench.AcceptAsync(Bench.Claims());

        Transmitter.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Set_PollToken_IsSentAndShownNowhere()
    {
        const string Secret = "9hV~x/secret.token+of-the_transmitter=";
        var set = await SetPollAsync(body => body["poll_token"] = Secret);

        await PollAsync();

        Transmitter.Authorizations.ShouldBe([$"Bearer {Secret}"]);
        set.GetProperty("has_poll_token").GetBoolean().ShouldBeTrue();
        set.GetRawText().ShouldNotContain(Secret);
        (await GetStreamAsync()).GetRawText().ShouldNotContain(Secret);
        var audited = (await Bench.ListEventsAsync(AuditEvents.SignalStreamSet))[0];
        audited.GetProperty("event_data").GetProperty("has_poll_token").GetBoolean().ShouldBeTrue();
        audited.GetRawText().ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Set_PollToken_IsAStaticSecretWithItsLastUse()
    {
        const string Secrets = "/v1/static_secrets";
        await SetPollAsync();
        var before = await Federated.Service.Api.GetOkAsync(Secrets);
        await SetPollAsync(body => body["poll_token"] = "secret");
        await PollAsync();

        var listed = (await Federated.Service.Api.GetOkAsync(Secrets)).GetProperty("data").EnumerateArray().Single();

        before.GetProperty("data").GetArrayLength().ShouldBe(0);
        listed.Text("object_id").ShouldBe(Bench.IssuerId);
        (listed.Text("kind"), listed.Text("setting")).ShouldBe(("bearer_token", "signals.poll_token"));
        listed.GetProperty("last_used_at").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Set_WithoutPollToken_KeepsItForTheSameUrlAlone()
    {
        await SetPollAsync(body => body["poll_token"] = "secret");
        await SetPollAsync();
        await PollAsync();

        var moved = await SetPollAsync(body => body["poll_url"] = Transmitter.Url + "?stream=2");
        await PollAsync();

        Transmitter.Authorizations.ShouldBe(["Bearer secret", ""]);
        moved.GetProperty("has_poll_token").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Set_AfterAFailure_PollsAtOnce()
    {
        Transmitter.Instead = HostileAnswers.Status(401);
        await PollAsync();
        Transmitter.Instead = null;

        var set = await SetPollAsync(body => body["poll_token"] = "new");
        await PollAsync();

        set.GetProperty("last_poll_failure").ValueKind.ShouldBe(JsonValueKind.Null);
        Transmitter.Authorizations.ShouldBe(["", "Bearer new"]);
    }

    [Theory]
    [InlineData("delivery", "pull", "request.invalid")]
    [InlineData("delivery", "push", "request.invalid")]
    [InlineData("poll_url", null, "request.invalid")]
    [InlineData("poll_url", "http://idp.example.com/poll", "federation.fetch_url")]
    [InlineData("poll_url", "https://10.0.0.1/poll", "federation.fetch_url")]
    [InlineData("poll_url", "https://idp.example.com:8080/poll", "federation.fetch_url")]
    [InlineData("poll_url", "https://me@idp.example.com/poll", "federation.fetch_url")]
    [InlineData("poll_token", "", "request.invalid")]
    [InlineData("poll_token", "a b", "request.invalid")]
    [InlineData("poll_token", "a\r\nb", "request.invalid")]
    public async Task Set_MalformedPoll_IsRefused(string member, string? value, string code)
    {
        var body = Bench.StreamBody();
        body["delivery"] = "poll";
        body["poll_url"] = Transmitter.Url;
        body[member] = value;

        await Federated.PostAsync(Bench.StreamPath, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData(4096, HttpStatusCode.OK)]
    [InlineData(4097, HttpStatusCode.BadRequest)]
    public async Task Set_LongPollToken_IsBounded(int length, HttpStatusCode expected)
    {
        var body = Bench.StreamBody();
        body["delivery"] = "poll";
        body["poll_url"] = Transmitter.Url;
        body["poll_token"] = new string('a', length);

        using var answer = await Federated.PostAsync(Bench.StreamPath, body);

        answer.StatusCode.ShouldBe(expected);
    }

    private JsonObject Named(string id, Action<JsonObject>? edit = null)
    {
        var claims = Bench.Claims();
        claims["jti"] = id;
        edit?.Invoke(claims);
        return claims;
    }
}
