using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// A small MCP client over Streamable HTTP, for tests that need thousands of calls or their own idea of where to connect.
/// It trusts the tunnel's bundle and nothing else. One instance is one session.
/// </summary>
internal sealed class McpCaller : IDisposable
{
    private const string SessionHeader = "Mcp-Session-Id";

    private readonly HttpClient client;
    private readonly Uri endpoint;
    private readonly Func<CancellationToken, Task<string>> token;
    private readonly ConcurrentDictionary<string, byte> serials = new();
    private string? session;
    private int lastId;

    /// <param name="trustBundle">PEM file with the roots that the client trusts.</param>
    /// <param name="connectTo">Where the name is taken to live.</param>
    /// <param name="token">A token for the endpoint.</param>
    public McpCaller(
        Uri endpoint,
        string trustBundle,
        IPEndPoint connectTo,
        Func<CancellationToken, Task<string>> token,
        TimeSpan? timeout = null
    )
    {
        (this.endpoint, this.token) = (endpoint, token);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = TrustOnly(trustBundle),
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    serials.TryAdd(certificate!.GetSerialNumberString().ToLowerInvariant(), 0);
                    return errors == SslPolicyErrors.None;
                },
            },
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(connectTo, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        client = new HttpClient(handler) { Timeout = timeout ?? TimeSpan.FromSeconds(30) };
    }

    /// <summary>Serial numbers of the server certificates that were presented, as the inventory writes them.</summary>
    public IEnumerable<string> Serials => serials.Keys;

    public static X509ChainPolicy TrustOnly(string trustBundle)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(trustBundle);
        return policy;
    }

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await SendAsync(
            "initialize",
            new JsonObject
            {
                ["protocolVersion"] = "2025-06-18",
                ["capabilities"] = new JsonObject(),
                ["clientInfo"] = new JsonObject { ["name"] = "culvert-tests", ["version"] = "1" },
            },
            cancellationToken
        );
        await PostAsync(
            new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" },
            cancellationToken
        );
    }

    /// <summary>Calls the echo tool and returns its text.</summary>
    public async Task<string> EchoAsync(string message, CancellationToken cancellationToken)
    {
        var result = await SendAsync(
            "tools/call",
            new JsonObject
            {
                ["name"] = "echo",
                ["arguments"] = new JsonObject { ["message"] = message },
            },
            cancellationToken
        );
        return result.GetProperty("content")[0].GetProperty("text").GetString()!;
    }

    public void Dispose() => client.Dispose();

    private async Task<JsonElement> SendAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = Interlocked.Increment(ref lastId),
            ["method"] = method,
            ["params"] = parameters,
        };
        var body = await PostAsync(request, cancellationToken);
        using var document = JsonDocument.Parse(AnswerIn(body));
        return document.RootElement.TryGetProperty("result", out var result)
            ? result.Clone()
            : throw new InvalidOperationException($"{method} was answered with {body}");
    }

    private async Task<string> PostAsync(JsonObject message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken));
        if (session is not null)
        {
            request.Headers.Add(SessionHeader, session);
        }

        using var answer = await client.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new RefusedCallException(answer, body);
        }

        if (answer.Headers.TryGetValues(SessionHeader, out var values))
        {
            session = values.Single();
        }

        return body;
    }

    /// <summary>The JSON itself, or the last of a stream's messages: a server may say other things before it answers.</summary>
    private static string AnswerIn(string body) =>
        body.StartsWith('{')
            ? body
            : body.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))["data: ".Length..];
}
