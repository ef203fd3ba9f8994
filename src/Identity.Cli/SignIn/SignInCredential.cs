using System.Net;
using System.Net.Http.Headers;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;
using Duende.IdentityModel;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>
/// A sign-in with the identity provider's token. It is exchanged for an access token that is bound to a key of this machine
/// (RFC 9449) and cached in a 0600 file until shortly before it expires.
/// </summary>
internal sealed class SignInCredential(SignInRecord record, Settings settings, CliHost host) : ICredential
{
    private const int MaxNonce = 512;

    private readonly FederatedProof proofs = CreateProofs(record, settings, host);
    private BindingKey? binding;

    public string Kind => $"sign-in {record.Way}";

    public async Task ProveAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var proof = await GetAsync(fresh: false, cancel);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            proof.Binding is null
                ? OidcConstants.AuthenticationSchemes.AuthorizationHeaderBearer
                : OidcConstants.AuthenticationSchemes.AuthorizationHeaderDPoP,
            proof.Token
        );
        request.Headers.Remove(OidcConstants.HttpHeaders.DPoP);
        binding = proof.Binding;
        if (binding is not null)
        {
            request.Headers.Add(
                OidcConstants.HttpHeaders.DPoP,
                binding.Prove(request.Method.Method, request.RequestUri!, host.Time.GetUtcNow(), proof.Token)
            );
        }
    }

    public bool Learn(HttpResponseMessage answer) =>
        binding is not null
        && answer.Headers.TryGetValues(OidcConstants.HttpHeaders.DPoPNonce, out var nonces)
        && nonces.FirstOrDefault() is { Length: > 0 and <= MaxNonce } nonce
        && binding.Remember(answer.RequestMessage!.RequestUri!, nonce)
        && answer.StatusCode == HttpStatusCode.Unauthorized;

    /// <summary>Returns a valid token; fresh: one that was just exchanged.</summary>
    public async Task<Proof> GetAsync(bool fresh, CancellationToken cancel)
    {
        var found = await proofs.GetAsync(fresh, cancel);
        return found.IsSuccess ? found.Value : throw Failure(found.Failure, record);
    }

    private static FederatedProof CreateProofs(SignInRecord record, Settings settings, CliHost host)
    {
        var options = new IdentityOptions
        {
            Url = settings.Url,
            CaFile = settings.CaFile ?? "",
            CaSha256 = settings.CaSha256?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() ?? "",
            OrganizationId = record.OrganizationId,
            RuleId = record.RuleId,
            ServiceAccountId = record.ServiceAccountId,
            WorkspaceId = record.WorkspaceId,
            Token = new IdentityTokenOptions { File = record.TokenFile },
            TokenCache = SignInStore.TokenFolder(settings.Url, host),
        };
        var trust = new FirstTrust(options, host.Time);
        return FederatedProof.Create(
            options,
            new IdentityClient(options, trust, host.Time),
            options.TokenCache,
            host.Time,
            host.Time
        );
    }

    private static CommandFailure Failure(ApiFailure failure, SignInRecord record) =>
        new(
            failure.Kind switch
            {
                ApiFailureKind.Unreachable or ApiFailureKind.Untrusted => ExitCode.Unreachable,
                ApiFailureKind.Unavailable => ExitCode.TryAgain,
                ApiFailureKind.Refused => ExitCode.Refused,
                ApiFailureKind.NoProof => ExitCode.Configuration,
                _ => ExitCode.Failed,
            },
            $"the sign-in is not possible: {failure.Message}"
        )
        {
            Where = failure.Operation,
            Code = failure.Code,
            RequestId = failure.RequestId,
            Next =
                record.IsPerson
                    ? $"sign in again: culvert login {(record.IsDevice ? "--device" : "--browser")}; an administrator can find the reason with culvert history list --denied"
                : failure.Kind == ApiFailureKind.Refused
                    ? "an administrator finds the reason: culvert history list --denied; culvert token inspect shows the token"
                : "culvert login --federated --rule ID --token-file FILE",
        };
}
