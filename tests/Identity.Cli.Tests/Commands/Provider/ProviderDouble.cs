using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Testing.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Culvert.Identity.Cli.Tests.Commands.Provider;

/// <summary>
/// A tunnel provider's management API on loopback, with its rules: exchange, tunnels, CA certificates, limits, paging and the envelope
/// of its errors. A test may make any request fail as the provider does.
/// </summary>
internal sealed class ProviderDouble : IAsyncDisposable
{
    public const string Organization = "0b6a5a4e-7e22-4b9c-9a55-2f1d4a1c0e77";
    public const string Rule = "fdrl_01SDCCSbTxrXDpWc1phhtc";
    public const string AccessToken = "sk-ant-oat01-secret-access-token";
    public const string ConnectorToken = "eyJhIjoic2VjcmV0LWNvbm5lY3Rvci10b2tlbiJ9";

    private static readonly Lazy<ApiDescription> Api = new(() =>
        ApiDescription.Read("tests/Testing/Api/tunnels-api.json")
    );

    private readonly WebApplication app;
    private readonly DoubleCheck check = new(Api.Value);
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> failures = new();
    private readonly List<JsonObject> tunnels = [];
    private readonly Dictionary<string, List<JsonObject>> certificates = [];
    private int sequence;

    private ProviderDouble(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The most objects on a page, whatever limit is requested.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>How often an assertion was exchanged.</summary>
    public int Exchanges { get; private set; }

    public string TokenType { get; set; } = "Bearer";

    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Requests that change something.</summary>
    public IReadOnlyList<string> Changes =>
        [
            .. requests
                .Where(r => r.Method == "POST" && r.Target != "/v1/oauth/token" && !r.Target.EndsWith("/reveal_token"))
                .Select(r => r.ToString()),
        ];

    public static async Task<ProviderDouble> StartAsync(bool tls = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    if (tls)
                    {
                        listen.UseHttps(TestCertificates.Shared.Server);
                    }
                }
            )
        );
        var provider = new ProviderDouble(builder.Build());
        provider.app.Run(provider.AnswerAsync);
        await provider.app.StartAsync();
        provider.Url = new Uri(provider.app.Urls.Single());
        return provider;
    }

    /// <summary>The next request of this kind fails as the provider does.</summary>
    public void Refuse(string request, int status, string type, string message, string? code = null, int times = 1) =>
        Script(request, context => SendErrorAsync(context, status, type, message, code), times);

    /// <summary>The next request of this kind gets this answer, which need not be one of a provider.</summary>
    public void Script(string request, Func<HttpContext, Task> answer, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            failures.GetOrAdd(request, _ => new()).Enqueue(answer);
        }
    }

    public JsonObject AddTunnel(string? name, bool isArchived = false)
    {
        var number = ++sequence;
        var tunnel = new JsonObject
        {
            ["id"] = $"tnl_01{number:D22}",
            ["type"] = "tunnel",
            ["display_name"] = name,
            ["domain"] = $"abcd{number:D4}.tunnel.provider.test",
            ["created_at"] = "2026-06-01T00:00:00Z",
            ["archived_at"] = isArchived ? "2026-06-02T00:00:00Z" : null,
        };
        tunnels.Insert(0, tunnel);
        certificates[tunnel["id"]!.GetValue<string>()] = [];
        return tunnel;
    }

    public JsonObject AddCertificate(string tunnelId, X509Certificate2 certificate)
    {
        var added = new JsonObject
        {
            ["id"] = $"tcrt_01{++sequence:D22}",
            ["type"] = "tunnel_certificate",
            ["tunnel_id"] = tunnelId,
            ["fingerprint"] = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)),
            ["created_at"] = "2026-06-01T00:00:00Z",
            ["expires_at"] = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["archived_at"] = null,
        };
        certificates[tunnelId].Insert(0, added);
        return added;
    }

    /// <summary>Fingerprints that are trusted for a tunnel.</summary>
    public IReadOnlyList<string> Trusted(string tunnelId) =>
        [
            .. certificates[tunnelId]
                .Where(c => c["archived_at"] is null)
                .Select(c => c["fingerprint"]!.GetValue<string>()),
        ];

    public static Task WriteErrorAsync(HttpContext context, int status, string type, string message) =>
        WriteAsync(context, status, FormatError(type, message, code: null));

    private static string FormatError(string type, string message, string? code)
    {
        var error = new JsonObject { ["type"] = type, ["message"] = message };
        if (code is not null)
        {
            error["details"] = new JsonObject { ["error_code"] = code };
        }

        var body = new JsonObject
        {
            ["type"] = "error",
            ["error"] = error,
            ["request_id"] = "req_01provider",
        };
        return body.ToJsonString();
    }

    public static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    /// <exception cref="InvalidOperationException">The provider is not spoken to so, or does not answer so.</exception>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        check.ThrowIfAny();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new RecordedRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            await reader.ReadToEndAsync()
        );
        requests.Enqueue(request);
        check.Receive(request.Method, request.Target, context.Request.ContentType, request.Body);
        context.Response.Headers["request-id"] = "req_01provider";
        var key = $"{context.Request.Method} {context.Request.Path}";
        if (failures.TryGetValue(key, out var queue) && queue.TryDequeue(out var scripted))
        {
            await scripted(context);
            return;
        }

        if (context.Request.Path == "/v1/oauth/token")
        {
            await ExchangeAsync(context, request);
        }
        else if (request.Headers.GetValueOrDefault("authorization") != $"Bearer {AccessToken}")
        {
            await SendErrorAsync(context, 401, "authentication_error", "Authentication failed");
        }
        else
        {
            await ManageAsync(context, request);
        }
    }

    private Task SendErrorAsync(HttpContext context, int status, string type, string message, string? code = null) =>
        SendAsync(context, status, FormatError(type, message, code));

    private Task SendAsync(HttpContext context, int status, string body)
    {
        check.Answer(context.Request.Method, context.Request.Path.Value ?? "", status, "application/json", body);
        return WriteAsync(context, status, body);
    }

    private async Task ExchangeAsync(HttpContext context, RecordedRequest request)
    {
        var body = JsonNode.Parse(request.Body)!.AsObject();
        Exchanges++;
        if (!body["federation_rule_id"]!.GetValue<string>().StartsWith("fdrl_"))
        {
            await SendErrorAsync(
                context,
                400,
                "invalid_request_error",
                "federation_rule_id is not a well-formed fdrl_ tagged ID"
            );
        }
        else if (
            body["grant_type"]!.GetValue<string>() != "urn:ietf:params:oauth:grant-type:jwt-bearer"
            || body["organization_id"]!.GetValue<string>() != Organization
            || body["federation_rule_id"]!.GetValue<string>() != Rule
            || request.Headers["anthropic-beta"] != "oauth-2025-04-20,oidc-federation-2026-04-01"
            || request.Headers.ContainsKey("anthropic-version")
            || request.Headers.ContainsKey("authorization")
        )
        {
            await SendErrorAsync(context, 401, "authentication_error", "Authentication failed");
        }
        else
        {
            await SendAsync(
                context,
                200,
                new JsonObject
                {
                    ["access_token"] = AccessToken,
                    ["token_type"] = TokenType,
                    ["expires_in"] = "3600", // a numeric string, which its own clients accept
                    ["scope"] = "workspace:manage_tunnels",
                }.ToJsonString()
            );
        }
    }

    private Task ManageAsync(HttpContext context, RecordedRequest request)
    {
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["v1", "tunnels"])
        {
            return request.Method == "GET" ? ListAsync(context, tunnels) : CreateAsync(context, request);
        }

        if (
            parts is not ["v1", "tunnels", var id, ..]
            || tunnels.FirstOrDefault(t => t["id"]!.GetValue<string>() == id) is not { } tunnel
        )
        {
            return SendErrorAsync(context, 404, "not_found_error", "Not found");
        }

        return (request.Method, parts) switch
        {
            ("GET", [_, _, _]) => SendAsync(context, 200, tunnel.ToJsonString()),
            ("POST", [_, _, _, "reveal_token"]) => SendAsync(
                context,
                200,
                $$"""{"id":"ttok_1","type":"tunnel_token","tunnel_token":"{{ConnectorToken}}"}"""
            ),
            ("GET", [_, _, _, "certificates"]) => ListAsync(context, certificates[id]),
            ("POST", [_, _, _, "certificates"]) => RegisterAsync(context, request, id),
            ("POST", [_, _, _, "certificates", var certificate, "archive"]) => ArchiveAsync(context, id, certificate),
            _ => SendErrorAsync(context, 404, "not_found_error", "Not found"),
        };
    }

    private async Task ListAsync(HttpContext context, IEnumerable<JsonObject> all)
    {
        var live = all.Where(o => o["archived_at"] is null).ToList();
        var from = int.Parse(context.Request.Query["page"].FirstOrDefault() ?? "0");
        var page = new JsonObject
        {
            ["data"] = new JsonArray([.. live.Skip(from).Take(PageSize).Select(o => o.DeepClone())]),
            ["next_page"] = from + PageSize < live.Count ? (from + PageSize).ToString() : null,
        };
        await SendAsync(context, 200, page.ToJsonString());
    }

    private Task CreateAsync(HttpContext context, RecordedRequest request) =>
        tunnels.Count(t => t["archived_at"] is null) >= 10
            ? SendErrorAsync(
                context,
                400,
                "invalid_request_error",
                "Organization already has the maximum of 10 non-archived Tunnels"
            )
            : SendAsync(
                context,
                200,
                AddTunnel(JsonNode.Parse(request.Body)!["display_name"]?.GetValue<string>()).ToJsonString()
            );

    private Task RegisterAsync(HttpContext context, RecordedRequest request, string id)
    {
        if (Trusted(id).Count >= 2)
        {
            return SendErrorAsync(context, 400, "invalid_request_error", "A tunnel has at most two CA certificates");
        }

        var pem = JsonNode.Parse(request.Body)!["ca_certificate_pem"]!.GetValue<string>();
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return SendAsync(context, 200, AddCertificate(id, certificate).ToJsonString());
    }

    private Task ArchiveAsync(HttpContext context, string id, string certificate)
    {
        if (context.Request.ContentType is not null || context.Request.ContentLength is > 0)
        {
            return SendErrorAsync(context, 400, "invalid_request_error", "This request has no body");
        }

        var found = certificates[id].First(c => c["id"]!.GetValue<string>() == certificate);
        found["archived_at"] ??= "2026-06-03T00:00:00Z";
        return SendAsync(context, 200, found.ToJsonString());
    }
}
