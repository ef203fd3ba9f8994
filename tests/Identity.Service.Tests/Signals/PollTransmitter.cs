using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>
/// The transmitter's end of a poll (RFC 8936) at the identity provider: tokens wait until they are acknowledged or reported.
/// </summary>
internal sealed class PollTransmitter
{
    public const string Path = "/transmitter/poll";

    private readonly Lock gate = new();
    private readonly TestIdentityProvider provider;

    // All guarded by the gate.
    private readonly List<(string Id, JsonNode? Token)> waiting = [];
    private readonly List<string> requests = [];
    private readonly List<string> authorizations = [];
    private readonly List<string> acknowledged = [];
    private readonly JsonObject reported = [];

    public PollTransmitter(TestIdentityProvider provider)
    {
        this.provider = provider;
        provider.Script(Path, ServeAsync);
    }

    public string Url => provider.Url + Path;

    /// <summary>Answers instead of the transmitter, after the request was recorded; null = it answers.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>Bytes that each token of an answer adds to its length.</summary>
    public int Padding { get; set; }

    /// <summary>The status of the answer, without a body, to a request for no tokens; null = 200 with a document.</summary>
    public int? ReportStatus { get; set; }

    /// <summary>The bodies of all requests.</summary>
    public IReadOnlyList<string> Requests => Read(() => (IReadOnlyList<string>)[.. requests]);

    public IReadOnlyList<string> Authorizations => Read(() => (IReadOnlyList<string>)[.. authorizations]);

    public IReadOnlyList<string> Acknowledged => Read(() => (IReadOnlyList<string>)[.. acknowledged]);

    /// <summary>All <c>setErrs</c>, as JSON.</summary>
    public string Reported => Read(() => reported.ToJsonString());

    public int Waiting => Read(() => waiting.Count);

    /// <summary>Lets a token wait under its <c>jti</c>.</summary>
    public string Offer(JsonObject claims, string header = SignalBench.Header)
    {
        var id = claims["jti"]!.GetValue<string>();
        Offer(id, provider.Sign(claims, header));
        return id;
    }

    public void Offer(string id, JsonNode? token)
    {
        lock (gate)
        {
            waiting.Add((id, token));
        }
    }

    private async Task ServeAsync(HttpContext http)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        lock (gate)
        {
            requests.Add(body.RootElement.GetRawText());
            authorizations.Add(http.Request.Headers.Authorization.ToString());
        }

        if (Instead is { } instead)
        {
            await instead(http);
            return;
        }

        var answer = Answer(body.RootElement);
        if (ReportStatus is { } status && body.RootElement.GetProperty("maxEvents").GetInt32() == 0)
        {
            http.Response.StatusCode = status;
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer);
    }

    private string Answer(JsonElement request)
    {
        lock (gate)
        {
            var done = request.GetProperty("ack").EnumerateArray().Select(id => id.GetString()!).ToList();
            acknowledged.AddRange(done);
            foreach (var error in request.GetProperty("setErrs").EnumerateObject())
            {
                reported[error.Name] = JsonNode.Parse(error.Value.GetRawText());
                done.Add(error.Name);
            }

            var ended = done.ToHashSet(StringComparer.Ordinal);
            waiting.RemoveAll(one => ended.Contains(one.Id));
            var sets = new JsonObject();
            foreach (var (id, token) in waiting.Take(request.GetProperty("maxEvents").GetInt32()))
            {
                sets[id] = token?.DeepClone();
            }

            var answer = new JsonObject { ["sets"] = sets, ["moreAvailable"] = waiting.Count > sets.Count };
            return answer.ToJsonString() + new string(' ', Padding * sets.Count);
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }
}
