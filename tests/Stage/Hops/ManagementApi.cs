using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Culvert.Stage.Hops;

/// <summary>
/// Reads what the service records, for the report at the end and for the tests. Changes go through <see cref="Operator"/>
/// where <c>culvert</c> has a command for them.
/// </summary>
internal sealed class ManagementApi : IDisposable
{
    private readonly HttpClient client;

    public ManagementApi(IdentityService service)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(service.PlatformCaFile);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
        client = new HttpClient(handler) { BaseAddress = new Uri(service.PublicUrl) };
        var key = File.ReadAllText(service.AdminKeyFile).Trim();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }

    public async Task<JsonElement> CreateAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"POST {path}: {text}", null, answer.StatusCode);
        }

        return JsonElement.Parse(text);
    }

    /// <summary>Every element of a paged list.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        string? page = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var cursor = page is null ? "" : $"{separator}page={Uri.EscapeDataString(page)}";
            var answer = await GetAsync(path + cursor, cancellationToken);
            all.AddRange(answer.GetProperty("data").EnumerateArray());
            page = answer.GetProperty("next_page").GetString();
        } while (page is not null);

        return all;
    }

    public void Dispose() => client.Dispose();
}
