using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Testing.Keys;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>
/// Plays GitHub and GitLab for the jobs on their pages: tokens with the claims that theirs have, for the repository that the
/// pages' rules name. GitHub's are obtained over HTTP, with the bearer of the job.
/// </summary>
internal sealed class JobProvider : IAsyncDisposable
{
    private const string KeyId = "job-1";
    private static readonly TimeSpan GithubLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GitlabLife = TimeSpan.FromHours(1);

    private readonly RSA key = TestKeys.Rsa();
    private readonly HttpListener listener = new();
    private readonly Task serving;
    private readonly string requestUrl;

    public JobProvider(int port)
    {
        requestUrl = $"http://127.0.0.1:{port}/idtoken";
        listener.Prefixes.Add($"{requestUrl}/");
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Of the platform, with a query already, as GitHub's has: the job appends its audience.</summary>
    public string GithubRequestUrl => $"{requestUrl}/?api-version=2.0";

    public string GithubRequestToken { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public JsonObject PublicKey()
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["alg"] = "RS256",
            ["use"] = "sig",
            ["kid"] = KeyId,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    public string CreateGitlabToken(string audience) =>
        Sign(
            new JsonObject
            {
                ["iss"] = "https://gitlab.com",
                ["aud"] = audience,
                ["sub"] = "project_path:acme/api:ref_type:branch:ref:main",
                ["project_id"] = "1234",
                ["project_path"] = "acme/api",
                ["namespace_id"] = "72",
                ["namespace_path"] = "acme",
                ["ref"] = "main",
                ["ref_type"] = "branch",
                ["ref_protected"] = "true",
                ["pipeline_source"] = "push",
            },
            GitlabLife
        );

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
        key.Dispose();
    }

    private string CreateGithubToken(string audience) =>
        Sign(
            new JsonObject
            {
                ["iss"] = "https://token.actions.githubusercontent.com",
                ["aud"] = audience,
                ["sub"] = "repo:acme/api:environment:production",
                ["repository"] = "acme/api",
                ["repository_id"] = "123456789",
                ["repository_owner"] = "acme",
                ["repository_owner_id"] = "4242",
                ["environment"] = "production",
                ["event_name"] = "push",
                ["ref"] = "refs/heads/main",
                ["ref_type"] = "branch",
                ["ref_protected"] = "true",
                ["runner_environment"] = "self-hosted",
                ["job_workflow_ref"] = "acme/api/.github/workflows/renew.yml@refs/heads/main",
            },
            GithubLife
        );

    private string Sign(JsonObject claims, TimeSpan life)
    {
        var now = TimeProvider.System.GetUtcNow();
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["nbf"] = now.ToUnixTimeSeconds();
        claims["exp"] = (now + life).ToUnixTimeSeconds();
        claims["jti"] = RandomNumberGenerator.GetHexString(32);
        var header = $$"""{"alg":"RS256","typ":"JWT","kid":"{{KeyId}}"}""";
        var signed = $"{Encode(header)}.{Encode(claims.ToJsonString())}";
        var signature = key.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    // Without an audience, GitHub gives the owner's address, which many accept.
    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var isKnown = context.Request.Headers["Authorization"] == $"bearer {GithubRequestToken}";
            context.Response.StatusCode = isKnown ? 200 : 401;
            if (isKnown)
            {
                var audience = context.Request.QueryString["audience"] ?? "https://github.com/acme";
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new Dictionary<string, string> { ["value"] = CreateGithubToken(audience) }
                );
                await context.Response.OutputStream.WriteAsync(body);
            }

            context.Response.Close();
        }
    }
}
