using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// What a company runs next to its clients: it writes the tunnel's bundle to a file, which is all that they trust, and
/// reports which epoch they have (S17).
/// </summary>
internal sealed class RelyingParty : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient client;
    private readonly string path;
    private readonly string file;
    private readonly CancellationTokenSource stopping = new();
    private Task work = Task.CompletedTask;
    private long held;

    private RelyingParty(Installation installation, string credential)
    {
        client = Connect(installation, credential);
        path = $"/v1/tunnels/{installation.Record.Tunnel.Id}/trust_bundle";
        file = installation.Record.Tunnel.TrustBundle;
    }

    public static async Task<RelyingParty> StartAsync(Installation installation, CancellationToken cancellationToken)
    {
        var key = await File.ReadAllTextAsync(installation.Service.AdminKeyFile, cancellationToken);
        using var admin = Connect(installation, key.Trim());
        using var made = await admin.PostAsJsonAsync(
            $"/v1/tunnels/{installation.Record.Tunnel.Id}/relying_parties",
            new { name = "clients" },
            cancellationToken
        );
        made.EnsureSuccessStatusCode();
        var document = await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        var party = new RelyingParty(installation, document.GetProperty("credential").GetString()!);
        await party.FollowAsync(cancellationToken);
        party.work = Task.Run(party.KeepAsync, CancellationToken.None);
        return party;
    }

    /// <summary>A client of 8443 that trusts the platform's root alone.</summary>
    public static HttpClient Connect(Installation installation, string bearer)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new() { CertificateChainPolicy = McpCaller.TrustOnly(installation.Service.PlatformCaFile) },
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(installation.Service.PublicUrl) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
        client.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stopping.Token);
                await Task.Delay(Pause, TimeProvider.System, stopping.Token);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // The service was busy: what it holds stays in force, and the switch waits for it.
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var bundle = await client.GetFromJsonAsync<JsonElement>(path, cancellationToken);
        var epoch = bundle.GetProperty("epoch").GetInt64();
        if (epoch == held)
        {
            return;
        }

        await File.WriteAllTextAsync(file + ".new", bundle.GetProperty("pem").GetString(), cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
        using var told = await client.PostAsJsonAsync(path + "/acknowledgements", new { epoch }, cancellationToken);
        told.EnsureSuccessStatusCode();
        held = epoch;
    }
}
