using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.GitHubApps;

/// <summary>
/// Requests installation access tokens (<c>POST /app/installations/ID/access_tokens</c> of GitHub's REST API) with the fetcher
/// that checks addresses and follows no redirects (S27). Logs never contain what GitHub sent.
/// </summary>
internal sealed class GitHubClient(
    GitHubAppKeys keys,
    Current<OutboundOptions> outbound,
    TimeProvider time,
    IHostResolver resolver,
    ILogger<GitHubClient> logger
)
{
    private const string Version = "2022-11-28";
    private const int MaxTokenCharacters = 16 * 1024;

    // With all repositories of an installation, which GitHub lists with the token.
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    public async Task<Result<GitHubToken>> RequestAsync(GitHubAppOptions app, CancellationToken cancellationToken)
    {
        X509Certificate2Collection? roots = null;
        try
        {
            roots = CaFile.Read(app.CaFile);
            var fetched = await CreateFetcher(app).FetchAsync(CreateRequest(app, roots), cancellationToken);
            if (!fetched.IsSuccess)
            {
                return Fail(app, fetched.Detail);
            }

            if (fetched.Status == HttpStatusCode.Created)
            {
                return Read(fetched.Body) is { } token
                    ? token
                    : Fail(app, "the answer has no token of an installation that is still valid.");
            }

            var status = (int)fetched.Status!;
            if (Describe(app, status) is not { } cause)
            {
                return Fail(app, $"status {status}");
            }

            Log.TokenRefused(logger, app.Name, cause);
            return GitHubErrors.Refused.Refuse(cause);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Fail(app, $"ca_file cannot be read: {fault.Message}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    private Refusal Fail(GitHubAppOptions app, string reason)
    {
        Log.GitHubFailed(logger, app.Name, reason);
        return GitHubErrors.Unavailable.Refuse();
    }

    private static string? Describe(GitHubAppOptions app, int status) =>
        status switch
        {
            401 =>
                "GitHub does not accept the App's signature (401): the key of key_label is not the App's, client_id is of "
                    + "another App, or the clock of the service is wrong.",
            403 => "GitHub refuses the App (403): its installation is suspended, or GitHub limits its requests.",
            404 => string.Create(
                CultureInfo.InvariantCulture,
                $"GitHub knows no installation {app.InstallationId} of this App (404)."
            ),
            422 => "The installation lacks a repository or permission of this entry (422).",
            _ => null,
        };

    private GitHubToken? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("token", out var token)
                && token.ValueKind == JsonValueKind.String
                && token.GetString() is { Length: > 0 and <= MaxTokenCharacters } value
                && value.All(c => c is > ' ' and <= '~')
                && root.TryGetProperty("expires_at", out var ends)
                && ends.ValueKind == JsonValueKind.String
                && ends.TryGetDateTimeOffset(out var end)
                && end > time.GetUtcNow()
                ? new GitHubToken(AccessToken: value, ExpiresAt: end.ToUniversalTime())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private SafeFetcher CreateFetcher(GitHubAppOptions app) =>
        new(
            new SafeFetcherOptions
            {
                Timeout = Limit,
                MaxBytes = MaxAnswerBytes,
                PrivateNetworks = PrivateNetwork.WithEveryPort(app.Networks),
                Network = outbound.Value.Network,
            },
            time,
            resolver
        );

    private FetchRequest CreateRequest(GitHubAppOptions app, X509Certificate2Collection? roots) =>
        new()
        {
            Url = string.Create(
                CultureInfo.InvariantCulture,
                $"{app.ApiUrl.AbsoluteUri.TrimEnd('/')}/app/installations/{app.InstallationId}/access_tokens"
            ),
            Field = $"github_apps.{app.Name}.api_url",
            Accept = "application/vnd.github+json",
            PinnedRoots = roots,
            AllowedTargets = [.. app.Networks.Ranges.Select(range => new FetchTarget(range, app.ApiUrl.Port))],
            Post = new FetchPost(
                JsonSerializer.SerializeToUtf8Bytes(
                    new InstallationTokenRequest(
                        app.Repositories.Count > 0 ? app.Repositories : null,
                        app.Permissions.Count > 0 ? new Dictionary<string, string>(app.Permissions) : null
                    ),
                    GitHubJson.Default.InstallationTokenRequest
                ),
                "application/json",
                [
                    new("Authorization", $"Bearer {keys.Sign(app, time.GetUtcNow())}"),
                    new("X-GitHub-Api-Version", Version),
                    // GitHub refuses requests without it.
                    new("User-Agent", "culvert-identity-service"),
                ]
            ),
            WantsAnyStatus = true,
        };
}
