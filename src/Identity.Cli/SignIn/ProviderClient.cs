using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Identity;
using Culvert.Platform.Net;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// The identity provider as a person's sign-in asks it. Nothing is followed but what its own metadata names, on https
/// alone.
/// </summary>
/// <param name="provider">Whom to ask.</param>
/// <param name="registration">What the client must be there, for whoever is refused.</param>
/// <param name="timeout">Of each request.</param>
internal sealed class ProviderClient(SignInProvider provider, string registration, TimeSpan timeout) : IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly HttpClient http = new(
        OutboundHttp.CreateHandler(provider.CaFile is { } file ? ServerTrust.TrustingFile(file) : null)
    )
    {
        Timeout = timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    private Uri MetadataUrl => new(provider.Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>OpenID Connect Discovery §4.3: the document must be its issuer's own.</summary>
    public async Task<JsonNode> DescribeAsync(CancellationToken cancel)
    {
        var (status, document) = await SendAsync(new HttpRequestMessage(HttpMethod.Get, MetadataUrl), cancel);
        if (status != 200 || document is null)
        {
            throw Failed(
                status == 200 ? ExitCode.Failed : ExitCode.Unreachable,
                status == 200 ? "its metadata is no JSON object" : $"its metadata was answered with {status}",
                MetadataUrl
            );
        }

        return document.Text("issuer")?.TrimEnd('/') == provider.Issuer.AbsoluteUri.TrimEnd('/')
            ? document
            : throw Failed(
                ExitCode.Refused,
                document.Text("issuer") is { } other
                    ? $"its metadata's member issuer is {CellText.Safe(other)}, not {provider.Issuer}"
                    : "its metadata lacks the member issuer",
                MetadataUrl
            );
    }

    public Uri EndpointOf(JsonNode metadata, string member) =>
        Uri.TryCreate(metadata.Text(member), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            ? url
            : throw Failed(
                ExitCode.Refused,
                metadata.Text(member) is { } written
                    ? $"its metadata's member {member} is no https URL: {CellText.Safe(written)}"
                    : $"its metadata lacks the member {member}",
                MetadataUrl
            );

    /// <summary>What every request of a sign-in says about the client and whom the token is for.</summary>
    public Dictionary<string, string> Form(params ReadOnlySpan<(string Name, string Value)> more)
    {
        var form = new Dictionary<string, string> { ["client_id"] = provider.ClientId };
        if (provider.Audience is { } audience)
        {
            form["resource"] = audience;
        }

        foreach (var (name, value) in more)
        {
            form[name] = value;
        }

        return form;
    }

    public Task<(int Status, JsonNode? Answer)> PostAsync(
        Uri url,
        Dictionary<string, string> form,
        CancellationToken cancel
    ) => SendAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) }, cancel);

    /// <summary>The token that is to be exchanged, of an answer that grants one.</summary>
    public string TokenOf(JsonNode? answer, Uri url)
    {
        var member = provider.Audience is null ? "id_token" : "access_token";
        if (answer?.Text("token_type") is { } type && !AccessToken.IsKnownType(type))
        {
            throw Failed(
                ExitCode.Refused,
                $"its answer's token_type is \"{type}\"; only Bearer and DPoP can be used",
                url
            );
        }

        return answer?.Text(member) is { Length: > 0 } token
            ? token
            : throw Failed(ExitCode.Refused, $"its answer holds no {member}", url);
    }

    /// <summary>RFC 6749 §5.2: a code of a closed list and a sentence, neither of which may hold a secret.</summary>
    public static string ReasonOf(int status, JsonNode? answer) =>
        ReasonOf($"{status}", answer?.Text("error"), answer?.Text("error_description"));

    public static string ReasonOf(params ReadOnlySpan<string?> parts) =>
        CellText.Safe(string.Join(", ", parts.ToArray().OfType<string>()));

    /// <summary>RFC 6749 §4.1.2.1 and RFC 8628 §3.5: <c>access_denied</c>.</summary>
    public CommandFailure Denied(Uri url) => Failed(ExitCode.Refused, "somebody refused it there", url);

    public CommandFailure Failed(int exitCode, string why, Uri url) =>
        new(exitCode, $"the identity provider does not sign in: {why}")
        {
            Where = url.GetLeftPart(UriPartial.Path),
            Next = $"the client must be registered there as a public one with {registration}",
        };

    /// <summary>Nobody came in time.</summary>
    public static CommandFailure Expired(string what, Uri url) =>
        new(ExitCode.TryAgain, what) { Where = url.GetLeftPart(UriPartial.Path), Next = "run the command again" };

    public void Dispose() => http.Dispose();

    private async Task<(int Status, JsonNode? Answer)> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            request.Headers.Accept.ParseAdd("application/json");
            try
            {
                using var answer = await http.SendAsync(request, cancel);
                if ((int)answer.StatusCode is >= 300 and < 400)
                {
                    // What it leads to is named by no metadata: nothing is sent there.
                    throw Failed(
                        ExitCode.Refused,
                        $"it redirects to {CellText.Safe(answer.Headers.Location?.ToString() ?? "nowhere")}, and redirects are not followed",
                        request.RequestUri!
                    );
                }

                var body = await answer.Content.ReadAsStringAsync(cancel);
                return ((int)answer.StatusCode, Parse(body));
            }
            catch (Exception fault) when (ManagementClient.IsUnreachable(fault, cancel))
            {
                throw new CommandFailure(
                    ExitCode.Unreachable,
                    $"the identity provider cannot be reached: {FailureText.Of(fault)}",
                    fault
                )
                {
                    Where = request.RequestUri!.GetLeftPart(UriPartial.Path),
                    Next = "check --issuer and --issuer-ca-file",
                };
            }
        }
    }

    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
