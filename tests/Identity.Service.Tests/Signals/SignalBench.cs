using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>A service with an issuer whose identity provider pushes security event tokens, signed by its own key.</summary>
internal sealed class SignalBench : IAsyncDisposable
{
    public const string Header = """{"alg":"RS256","kid":"rsa-1","typ":"secevent+jwt"}""";

    /// <summary>Where the transmitter's keys are; the service polls those of the issuer elsewhere.</summary>
    public const string KeysPath = "/transmitter/keys";

    public const string Disabled = SignalEvents.Risc + "account-disabled";

    private int tokens;

    private SignalBench(FederatedService federated, string issuerId)
    {
        Federated = federated;
        IssuerId = issuerId;
    }

    public FederatedService Federated { get; }

    public string IssuerId { get; }

    public string StreamPath => $"{FederatedService.Issuers}/{IssuerId}/signals";

    public string PushPath => $"{SignalStream.PushPath}/{IssuerId}";

    public string Audience => FederatedService.PublicUrl + PushPath;

    public string JwksUri => Federated.Provider.Url + KeysPath;

    public DateTimeOffset Now => Federated.Time.GetUtcNow();

    public static async Task<SignalBench> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<ServiceOptions, ServiceOptions>? options = null
    )
    {
        var federated = await FederatedService.StartAsync(options, configure);
        var provider = federated.Provider;
        provider.Script(
            KeysPath,
            http => http.Response.WriteAsync(new JsonObject { ["keys"] = provider.Keys.DeepClone() }.ToJsonString())
        );
        var bench = new SignalBench(federated, await federated.IssuerAsync());
        await bench.SetAsync();
        return bench;
    }

    public JsonObject StreamBody() => new() { ["transmitter_issuer"] = Federated.Provider.Url, ["jwks_uri"] = JwksUri };

    public Task<JsonElement> SetAsync(Action<JsonObject>? edit = null)
    {
        var body = StreamBody();
        edit?.Invoke(body);
        return Federated.CreateAsync(StreamPath, body);
    }

    public JsonObject SubjectOf(string subject) =>
        new()
        {
            ["format"] = "iss_sub",
            ["iss"] = Federated.Provider.Url,
            ["sub"] = subject,
        };

    /// <summary>The claims of a good token with one event about that person, which occurs now.</summary>
    public JsonObject Claims(string type = Disabled, string subject = "ada", JsonObject? payload = null)
    {
        var now = Now.ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Federated.Provider.Url,
            ["aud"] = Audience,
            ["iat"] = now,
            ["toe"] = now,
            ["jti"] = $"jti-{Interlocked.Increment(ref tokens)}",
            ["sub_id"] = SubjectOf(subject),
            ["events"] = new JsonObject { [type] = payload ?? [] },
        };
    }

    public Task<HttpResponseMessage> PushAsync(JsonObject claims, string header = Header) =>
        PushAsync(Federated.Provider.Sign(claims, header));

    public Task<HttpResponseMessage> PushAsync(
        string token,
        string? path = null,
        string contentType = SignalPushEndpoint.MediaType
    )
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(token));
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return Federated.SendAnonymousAsync(
            new HttpRequestMessage(HttpMethod.Post, path ?? PushPath) { Content = content }
        );
    }

    public async Task AcceptAsync(JsonObject claims)
    {
        using var answer = await PushAsync(claims);
        await ShouldBeAcceptedAsync(answer);
    }

    public static async Task ShouldBeAcceptedAsync(HttpResponseMessage answer)
    {
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>The exact answer of RFC 8935 §2.3.</summary>
    public static async Task ShouldBeRefusedAsync(HttpResponseMessage answer, string error, string description)
    {
        var body = await answer.JsonAsync();
        body.Text("err").ShouldBe(error);
        body.Text("description").ShouldBe(description);
        body.EnumerateObject().Count().ShouldBe(2);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    public async Task<IReadOnlyList<JsonElement>> ListPeopleAsync() =>
        [.. (await Federated.GetAsync("/v1/people/off_boarded?limit=1000")).GetProperty("data").EnumerateArray()];

    public async Task<IReadOnlyList<JsonElement>> ListEventsAsync(string name) =>
        [
            .. (await Federated.GetAsync($"/v1/audit?limit=1000&event={name}"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body")),
        ];

    public ValueTask DisposeAsync() => Federated.DisposeAsync();
}
