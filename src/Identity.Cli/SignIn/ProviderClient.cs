using System.Net;
using System.Runtime.ExceptionServices;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Net;
using Culvert.Platform.OAuth;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Calls the identity provider for a sign-in, only at https URLs of its own metadata.</summary>
/// <param name="registration">The required client registration, for messages.</param>
/// <param name="timeout">For each request.</param>
internal sealed class ProviderClient(SignInProvider provider, string registration, TimeSpan timeout) : IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024;

    private readonly HttpClient http = new(
        new AnswerGate(
            OutboundHttp.CreateHandler(provider.CaFile is { } file ? ServerTrust.TrustingFile(file) : null),
            MaxAnswerBytes,
            IssuerMetadata.MaxDepth
        )
    )
    {
        Timeout = timeout,
    };

    public string ClientId => provider.ClientId;

    public string Scope => $"{OidcConstants.StandardScopes.OpenId} {provider.Scopes}".TrimEnd();

    /// <summary>The audience of an access token (RFC 8707).</summary>
    public Parameters Target =>
        provider.Audience is { } audience ? new() { { OidcConstants.TokenRequest.Resource, audience } } : [];

    public Parameters Common => [new(OidcConstants.TokenRequest.ClientId, provider.ClientId), .. Target];

    private Uri MetadataUrl =>
        new($"{provider.Issuer.AbsoluteUri.TrimEnd('/')}/{OidcConstants.Discovery.DiscoveryEndpoint}");

    /// <summary>OpenID Connect Discovery §4.3: the document must be its issuer's own.</summary>
    public async Task<IssuerMetadata> DescribeAsync(CancellationToken cancel)
    {
        using var request = new ProtocolRequest { Method = HttpMethod.Get, RequestUri = MetadataUrl };
        var metadata = await AskAsync(
            MetadataUrl,
            async http =>
                await ProtocolResponse.FromHttpResponseAsync<IssuerMetadata>(await http.SendAsync(request, cancel)),
            cancel
        );
        if (metadata is not { HttpStatusCode: HttpStatusCode.OK, Json: not null })
        {
            var isAnswered = metadata.HttpStatusCode == HttpStatusCode.OK;
            throw Failed(
                isAnswered ? ExitCode.Failed : ExitCode.Unreachable,
                isAnswered
                    ? "its metadata is not a JSON object"
                    : $"its metadata was answered with {(int)metadata.HttpStatusCode}",
                MetadataUrl
            );
        }

        var issuer = metadata.Text(OidcConstants.Discovery.Issuer);
        return issuer?.TrimEnd('/') == provider.Issuer.AbsoluteUri.TrimEnd('/')
            ? metadata
            : throw Failed(
                ExitCode.Refused,
                issuer is not null
                    ? $"its metadata's member issuer is {CellText.Safe(issuer)}, not {provider.Issuer}"
                    : "its metadata lacks the member issuer",
                MetadataUrl
            );
    }

    public Uri GetEndpoint(IssuerMetadata metadata, string member) =>
        Uri.TryCreate(metadata.Text(member), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            ? url
            : throw Failed(
                ExitCode.Refused,
                metadata.Text(member) is { } written
                    ? $"its metadata's member {member} is not an https URL: {CellText.Safe(written)}"
                    : $"its metadata lacks the member {member}",
                MetadataUrl
            );

    /// <summary>Sends a request. A redirect fails; an answer that is not a JSON object has no members.</summary>
    public async Task<T> AskAsync<T>(Uri url, Func<HttpClient, Task<T>> ask, CancellationToken cancel)
        where T : ProtocolResponse
    {
        try
        {
            var answer = await ask(http);
            if (answer is { HttpResponse: null, Exception: { } fault })
            {
                ExceptionDispatchInfo.Throw(fault);
            }

            if ((int)answer.HttpStatusCode is >= 300 and < 400)
            {
                // The metadata does not name the target, so nothing is sent there.
                var target = answer.HttpResponse?.Headers.Location?.ToString() ?? "nowhere";
                throw Failed(
                    ExitCode.Refused,
                    $"it redirects to {CellText.Safe(target)}, and redirects are not followed",
                    url
                );
            }

            return answer;
        }
        catch (Exception fault) when (ManagementClient.IsUnreachable(fault, cancel))
        {
            throw new CommandFailure(
                ExitCode.Unreachable,
                $"the identity provider cannot be reached: {FailureText.Describe(fault)}",
                fault
            )
            {
                Where = url.GetLeftPart(UriPartial.Path),
                Next = "check --issuer and --issuer-ca-file",
            };
        }
    }

    public string GetToken(TokenResponse answer, Uri url)
    {
        var member = provider.Audience is null
            ? OidcConstants.TokenResponse.IdentityToken
            : OidcConstants.TokenResponse.AccessToken;
        if (answer.Text(OidcConstants.TokenResponse.TokenType) is { } type && !AccessToken.IsKnownType(type))
        {
            throw Failed(
                ExitCode.Refused,
                $"its response's token_type is \"{type}\"; only Bearer and DPoP can be used",
                url
            );
        }

        return answer.Text(member) is { Length: > 0 } token
            ? token
            : throw Failed(ExitCode.Refused, $"its response contains no {member}", url);
    }

    /// <summary>RFC 6749 §5.2: a code of a closed list and a sentence, neither of which may contain a secret.</summary>
    public static string FormatReason(ProtocolResponse answer) =>
        FormatReason(
            $"{(int)answer.HttpStatusCode}",
            answer.Text(OidcConstants.TokenResponse.Error),
            answer.Text(OidcConstants.TokenResponse.ErrorDescription)
        );

    public static string FormatReason(params ReadOnlySpan<string?> parts) =>
        CellText.Safe(string.Join(", ", parts.ToArray().OfType<string>()));

    /// <summary>RFC 6749 §4.1.2.1 and RFC 8628 §3.5: <c>access_denied</c>.</summary>
    public CommandFailure Denied(Uri url) => Failed(ExitCode.Refused, "the request was refused in the browser", url);

    public CommandFailure Failed(int exitCode, string why, Uri url) =>
        new(exitCode, $"the identity provider does not sign in: {why}")
        {
            Where = url.GetLeftPart(UriPartial.Path),
            Next = $"register the client at the provider as a public client with {registration}",
        };

    /// <summary>No user signed in within the time limit.</summary>
    public static CommandFailure Expired(string what, Uri url) =>
        new(ExitCode.TryAgain, what) { Where = url.GetLeftPart(UriPartial.Path), Next = "run the command again" };

    public void Dispose() => http.Dispose();
}
