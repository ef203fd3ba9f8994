using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Testing.LongPoll;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// The least that an agent of a long-poll tunnel does, with the library's HTTP client alone: it polls, passes each message to
/// the MCP server, and sends the answer back. No rule, no limit, no record.
/// </summary>
internal static class BarePoller
{
    public const string Kind = "poller";

    private const int MostCommands = 25;

    /// <param name="arguments">The port that tells that it runs, the control plane's port, its CA file, the MCP server's port.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(arguments[2]);
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(authority);
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            }
        );
        var tunnel = new Uri($"https://localhost:{arguments[1]}/v1/tunnels/{TunnelCommands.TunnelId}/");
        var server = new Uri($"http://127.0.0.1:{arguments[3]}/");
        using var running = new TcpListener(IPAddress.Loopback, int.Parse(arguments[0], CultureInfo.InvariantCulture));
        running.Start();
        client.DefaultRequestHeaders.Add("X-Tunnel-Client-Instance-Id", Kind);
        while (!cancellationToken.IsCancellationRequested)
        {
            var body = await client.GetByteArrayAsync(
                new Uri(tunnel, $"poll?limit={MostCommands}&timeout_ms=5000"),
                cancellationToken
            );
            if (body.Length == 0)
            {
                continue;
            }

            var commands = JsonDocument.Parse(body).RootElement.GetProperty("commands");
            foreach (var command in commands.EnumerateArray())
            {
                _ = AnswerAsync(client, tunnel, server, command, cancellationToken);
            }
        }
    }

    private static async Task AnswerAsync(
        HttpClient client,
        Uri tunnel,
        Uri server,
        JsonElement command,
        CancellationToken cancellationToken
    )
    {
        using var message = new ByteArrayContent(
            System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(command.GetProperty("jsonrpc")).ToArray()
        );
        message.Headers.Add("Content-Type", "application/json");
        using var response = await client.PostAsync(server, message, cancellationToken);
        var answer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(answer))
        {
            json.WriteStartObject();
            json.WriteString("request_id"u8, command.GetProperty("request_id").GetString());
            json.WriteString("channel"u8, "main"u8);
            json.WriteString("resp_type"u8, "jsonrpc_response"u8);
            json.WriteNumber("resp_code"u8, (int)response.StatusCode);
            json.WriteStartObject("resp_headers"u8);
            json.WriteEndObject();
            json.WritePropertyName("resp_json"u8);
            json.WriteRawValue(
                await response.Content.ReadAsByteArrayAsync(cancellationToken),
                skipInputValidation: true
            );
            json.WriteEndObject();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(tunnel, "response"));
        request.Headers.Add(TunnelCommands.ShardTokenHeader, command.GetProperty("shard_token").GetString());
        request.Content = new ByteArrayContent(answer.GetBuffer(), 0, (int)answer.Length);
        request.Content.Headers.Add("Content-Type", "application/json");
        (await client.SendAsync(request, cancellationToken)).Dispose();
    }
}
