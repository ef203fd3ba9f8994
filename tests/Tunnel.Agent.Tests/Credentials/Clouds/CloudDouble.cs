using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime.Internal.Auth;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Credentials.Google;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>
/// AWS STS and Google's two token services, over real TLS, with the messages that they document. It checks the audience
/// of assertions and the signature of requests that must have one.
/// </summary>
internal sealed class CloudDouble : IAsyncDisposable
{
    public const string Role = "arn:aws:iam::123456789012:role/culvert/docs";
    public const string Provider =
        "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/culvert/providers/service";
    public const string Account = "docs@project-1.iam.gserviceaccount.com";
    public const string Region = "eu-central-1";
    private const string Secret = "secret/of+session";
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    private readonly TunnelPki pki = new();
    private readonly TimeProvider time;
    private TestServer? server;

    private CloudDouble(TimeProvider time) => this.time = time;

    /// <summary>Every form or JSON body that came, in order.</summary>
    public List<Dictionary<string, string>> Forms { get; } = [];

    /// <summary>Every path that was requested, in order.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Answers a request itself when it gives true.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Relative to the moment of the answer.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(1);

    public string Url => $"https://127.0.0.1:{server!.Port}";

    public static async Task<CloudDouble> StartAsync(TimeProvider time)
    {
        var cloud = new CloudDouble(time);
        cloud.server = await TestServer.StartAsync(cloud.HandleAsync, cloud.pki.Server("127.0.0.1").Certificate);
        return cloud;
    }

    public AwsSettings AwsSettings(params (string Tag, string Claim)[] tags) =>
        new()
        {
            Role = Role,
            Region = Region,
            Service = "execute-api",
            StsUrl = Url,
            SessionTags = [.. tags.Select(tag => new KeyValuePair<string, string>(tag.Tag, tag.Claim))],
            Endpoint = Endpoint,
        };

    public GoogleSettings GoogleSettings(string account = "", string idTokenAudience = "") =>
        new()
        {
            Audience = Provider,
            ServiceAccount = account,
            IdTokenAudience = idTokenAudience,
            TokenUrl = $"{Url}/v1/token",
            IamUrl = Url,
            Endpoint = Endpoint,
        };

    public AwsCredential Aws(IAssertionSource assertions, AwsSettings settings) =>
        new(
            settings,
            "docs",
            assertions,
            new SecurityTokenService(settings, new CloudEndpoint(settings.Endpoint, time), time),
            time
        );

    public GoogleCredential Google(IAssertionSource assertions, GoogleSettings settings) =>
        new(new GoogleTokens(settings, assertions, new CloudEndpoint(settings.Endpoint, time), time), time);

    /// <summary>An HTTP client of an SDK, which trusts this server.</summary>
    public HttpMessageHandler CreateHandler() =>
        new SocketsHttpHandler
        {
            SslOptions = new()
            {
                CertificateChainPolicy = new()
                {
                    TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { pki.Ca },
                    RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
                },
            },
        };

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    /// <summary>The error as STS documents it.</summary>
    public static Func<HttpContext, Task<bool>> AwsError(string code, int status = 403) =>
        Answer(
            $"<ErrorResponse xmlns=\"{Namespace}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>hunter2</Message></Error><RequestId>1</RequestId></ErrorResponse>",
            status,
            "text/xml"
        );

    public static Func<HttpContext, Task<bool>> Answer(string body, int status = 200, string type = "text/xml") =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.Headers.Location = "https://127.0.0.1/elsewhere";
            await context.Response.WriteAsync(body, context.RequestAborted);
            return true;
        };

    public string Session(string action, string id, string? expiration = null, string xmlNamespace = Namespace)
    {
        var ends = expiration ?? Moment(time.GetUtcNow() + Life);
        return $"""
            <{action}Response xmlns="{xmlNamespace}">
              <{action}Result>
                <AssumedRoleUser>
                  <Arn>arn:aws:sts::123456789012:assumed-role/docs/name</Arn>
                  <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:name</AssumedRoleId>
                </AssumedRoleUser>
                <Credentials>
                  <SessionToken>token-of-{id}</SessionToken>
                  <SecretAccessKey>{Secret}</SecretAccessKey>
                  {(ends.Length > 0 ? $"<Expiration>{ends}</Expiration>" : "")}
                  <AccessKeyId>{id}</AccessKeyId>
                </Credentials>
              </{action}Result>
              <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
            </{action}Response>
            """;
    }

    private CloudEndpointSettings Endpoint => new(Support.Tunnel.Ranges("127.0.0.1/32"), [pki.Ca]);

    private async Task HandleAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        var body = Encoding.UTF8.GetString(copy.ToArray());
        Paths.Add(context.Request.Path);
        Forms.Add(
            context.Request.ContentType!.StartsWith("application/json", StringComparison.Ordinal)
                ? JsonSerializer
                    .Deserialize<Dictionary<string, JsonElement>>(body)!
                    .ToDictionary(member => member.Key, member => member.Value.ToString())
                : QueryHelpers
                    .ParseQuery(body)
                    .ToDictionary(field => field.Key, field => field.Value.ShouldHaveSingleItem()!)
        );
        if (Intercept is { } intercept && await intercept(context))
        {
            return;
        }

        var form = Forms[^1];
        await (
            form.GetValueOrDefault("Action") switch
            {
                "AssumeRoleWithWebIdentity" => IsFor(form["WebIdentityToken"], "sts.amazonaws.com")
                    ? Answer(Session("AssumeRoleWithWebIdentity", $"ASIA{Forms.Count}"))
                    : AwsError("InvalidIdentityToken", 400),
                "AssumeRole" => IsSigned(
                    "POST",
                    "/\n",
                    name => context.Request.Headers[name].ToString(),
                    copy.ToArray(),
                    "sts"
                )
                    ? Answer(Session("AssumeRole", $"ASIA{Forms.Count}"))
                    : AwsError("SignatureDoesNotMatch"),
                _ => AnswerOfGoogle(context.Request, form),
            }
        )(context);
    }

    private Func<HttpContext, Task<bool>> AnswerOfGoogle(HttpRequest request, Dictionary<string, string> form)
    {
        var prefix = $"/v1/projects/-/serviceAccounts/{Account}:generate";
        var isFederated = request.Headers.Authorization == "Bearer federated";
        return request.Path.Value switch
        {
            "/v1/token" when IsFor(form["subject_token"], $"https:{Provider}") => Json(
                """{"access_token":"federated","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}"""
            ),
            "/v1/token" => Json(
                """{"error":"invalid_grant","error_description":"The audience in ID Token [x] does not match."}""",
                400
            ),
            { } path when path == $"{prefix}AccessToken" && isFederated => Json(
                $$"""{"accessToken":"access-of-account","expireTime":"{{Moment(time.GetUtcNow() + Life)}}"}"""
            ),
            { } path when path == $"{prefix}IdToken" && isFederated => Json(
                $$"""{"token":"{{IdToken(form["audience"])}}"}"""
            ),
            _ => Json("""{"error":{"code":403,"message":"hunter2","status":"PERMISSION_DENIED"}}""", 403),
        };
    }

    public string IdToken(string audience) =>
        "e30."
        + Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(
                $$"""{"aud":"{{audience}}","exp":{{(time.GetUtcNow() + Life).ToUnixTimeSeconds()}}}"""
            )
        )
        + ".c2ln";

    public static Func<HttpContext, Task<bool>> Json(string body, int status = 200) =>
        Answer(body, status, "application/json");

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool IsFor(string assertion, string audience)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(assertion.Split('.')[1]));
        return claims.RootElement.GetProperty("aud").GetString() == audience;
    }

    /// <summary>Whether a request has the signature that the SDK computes over the headers that came.</summary>
    /// <param name="target">Canonical path and query, each on a line.</param>
    /// <param name="find">Gives a header by its name.</param>
    public static bool IsSigned(string method, string target, Func<string, string> find, byte[] body, string service)
    {
        var sent = find("Authorization");
        var signed = sent.Split("SignedHeaders=")[1].Split(',')[0];
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var canonical =
            $"{method}\n{target}\n"
            + string.Concat(signed.Split(';').Select(name => $"{name}:{find(name)}\n"))
            + $"\n{signed}\n{hash}";
        var at = DateTime.ParseExact(
            find("x-amz-date"),
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal
        );
        var id = sent.Split("Credential=")[1].Split('/')[0];
        return find("x-amz-security-token") == $"token-of-{id}"
            && AWS4Signer.ComputeSignature(id, Secret, Region, at, service, signed, canonical).ForAuthorizationHeader
                == sent;
    }
}
