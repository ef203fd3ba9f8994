using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>An administrator configures the stream of an issuer.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class SignalStreamTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private SignalBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await SignalBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Set_WithoutAudience_HasThePushUrlAsAudience()
    {
        var stream = await bench.Federated.GetAsync(bench.StreamPath);

        stream.Text("type").ShouldBe("signal_stream");
        stream.Text("issuer_id").ShouldBe(bench.IssuerId);
        stream.Text("transmitter_issuer").ShouldBe(bench.Federated.Provider.Url);
        stream.Text("jwks_uri").ShouldBe(bench.JwksUri);
        stream.Text("push_url").ShouldBe($"https://identity.test:8443/signals/{bench.IssuerId}");
        stream.Text("audience").ShouldBe(stream.Text("push_url"));
        stream.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        stream.GetProperty("last_received_at").ValueKind.ShouldBe(JsonValueKind.Null);
        stream.GetProperty("last_refusal").ValueKind.ShouldBe(JsonValueKind.Null);
        stream.GetProperty("last_fetch_failure").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Set_Again_ReplacesTheSettingsAndKeepsTheTimes()
    {
        await bench.AcceptAsync(bench.Claims());
        var before = await bench.Federated.GetAsync(bench.StreamPath);
        bench.Federated.Time.Advance(TimeSpan.FromMinutes(1));

        await bench.SetAsync(body => body["audience"] = "https://identity.example/events");

        var after = await bench.Federated.GetAsync(bench.StreamPath);
        after.Text("audience").ShouldBe("https://identity.example/events");
        after.Text("created_at").ShouldBe(before.Text("created_at"));
        after.Text("last_received_at").ShouldBe(before.Text("last_received_at"));
        after.Text("updated_at").ShouldNotBe(before.Text("updated_at"));
        var set = await bench.ListEventsAsync(AuditEvents.SignalStreamSet);
        set.Count.ShouldBe(2);
        set[0].GetProperty("event_data").Text("audience").ShouldBe("https://identity.example/events");
    }

    [Fact]
    public async Task Set_OtherKeySet_DiscardsTheKeysOfTheFormerOne()
    {
        await bench.AcceptAsync(bench.Claims());
        await bench.SetAsync(body => body["jwks_uri"] = bench.Federated.Provider.Url + "/none");

        await bench
            .PushAsync(bench.Claims())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "signals.keys_unavailable");
    }

    [Fact]
    public async Task Remove_Stream_IsAuditedAndNoLongerFound()
    {
        using (var removed = await bench.Federated.Service.Api.DeleteAsync(bench.StreamPath, Cancel))
        {
            (await removed.JsonAsync()).Text("issuer_id").ShouldBe(bench.IssuerId);
        }

        var missing = await bench
            .Federated.Service.Api.GetAsync(bench.StreamPath, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        missing.Text("message").ShouldBe("The issuer has no stream of security events.");
        missing
            .GetProperty("details")
            .Text("next")
            .ShouldBe($"culvert issuer signals set {bench.IssuerId} --transmitter URL --jwks-uri URL");
        await bench
            .Federated.Service.Api.DeleteAsync(bench.StreamPath, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        (await bench.ListEventsAsync(AuditEvents.SignalStreamRemoved))
            .ShouldHaveSingleItem()
            .GetProperty("event_data")
            .Text("issuer_id")
            .ShouldBe(bench.IssuerId);
    }

    [Theory]
    [InlineData("transmitter_issuer", "", "request.invalid")]
    [InlineData("transmitter_issuer", "https://a b", "request.invalid")]
    [InlineData("audience", "", "request.invalid")]
    [InlineData("jwks_uri", "http://idp.example.com/keys", "federation.fetch_url")]
    [InlineData("jwks_uri", "https://10.0.0.1/keys", "federation.fetch_url")]
    [InlineData("jwks_uri", "https://idp.example.com:8080/keys", "federation.fetch_url")]
    [InlineData("jwks_uri", "keys", "federation.fetch_url")]
    [InlineData("delivery", "poll", "request.invalid")]
    public async Task Set_Malformed_IsRefused(string member, string value, string code)
    {
        var body = bench.StreamBody();
        body[member] = value;

        await bench.Federated.PostAsync(bench.StreamPath, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData(1024, HttpStatusCode.OK)]
    [InlineData(1025, HttpStatusCode.BadRequest)]
    public async Task Set_LongTransmitter_IsBounded(int length, HttpStatusCode expected)
    {
        var body = bench.StreamBody();
        body["transmitter_issuer"] = new string('a', length);

        using var answer = await bench.Federated.PostAsync(bench.StreamPath, body);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Set_ArchivedIssuer_IsRefused()
    {
        await bench.Federated.CreateAsync($"{FederatedService.Issuers}/{bench.IssuerId}/archive");

        await bench
            .Federated.PostAsync(bench.StreamPath, bench.StreamBody())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.archived");
    }

    [Fact]
    public async Task Set_UnknownIssuer_IsNotFound() =>
        await bench
            .Federated.PostAsync($"{FederatedService.Issuers}/{IssuerId.New().Value}/signals", bench.StreamBody())
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
}
