using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary><c>/v1/certificate_authorities</c>: issuing authorities of tunnels.</summary>
internal sealed partial class AuthorityEndpoints(
    TunnelStore tunnels,
    TunnelAuthorityStore authorities,
    AuthorityCommands commands,
    ChainCommands chains,
    Current<CertificateOptions> options,
    InstallationHsm hsm
)
{
    private const string List = "certificate_authorities";

    // The name becomes the common name of the request (RFC 5280 appendix A.1, ub-common-name).
    private const int MaxNameLength = 64;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.CreateAuthorityRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (wanted.Name.Trim().Length is 0 or > MaxNameLength || wanted.Name.Any(ConfigText.IsUnprintable))
        {
            return RequestErrors.Invalid.Refuse($"name: 1 to {MaxNameLength} printable characters are required.");
        }

        if (
            WireNames.Find<AuthorityCustody>(wanted.Custody ?? WireNames.Get(AuthorityCustody.Sealed))
            is not { } custody
        )
        {
            return RequestErrors.Invalid.Refuse("custody: sealed, pkcs11, trust_only or imported is required.");
        }

        if (CheckCustody(request, custody, wanted.KeyLabel) is { } impossible)
        {
            return impossible;
        }

        if (!(await FindTunnelAsync(request, wanted.TunnelId, cancellationToken)).TryGet(out var live, out refusal))
        {
            return refusal;
        }

        return live.IsArchived
            ? TunnelErrors.Archived.Refuse()
            : Answer(
                await commands.CreateAsync(
                    request,
                    live,
                    wanted.Name.Trim(),
                    custody,
                    wanted.KeyLabel,
                    cancellationToken
                )
            );
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var all = await authorities.ListAsync(
            request.Caller.OrganizationId,
            request.Caller.WorkspaceId,
            request.Query("tunnel_id"),
            page,
            cancellationToken
        );
        return ApiAnswer.Json(
            page.Cut(all, authority => authority.Ordinal).Select(row => AuthorityDocument.From(row, options.Value)),
            CertificatesJson.Default.PageAuthorityDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(await FindAsync(request, cancellationToken));

    public async ValueTask<ApiAnswer> CsrAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        return found.Value switch
        {
            { CsrPem: { } csr } authority => ApiAnswer.Json(
                new AuthorityCsrDocument(Id: authority.Id.Value, CsrPem: csr),
                CertificatesJson.Default.AuthorityCsrDocument
            ),
            var authority => AuthorityErrors.InvalidState(authority),
        };
    }

    public async ValueTask<ApiAnswer> UploadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.UploadChainRequest, cancellationToken);
        if (!body.TryGet(out var upload, out var refusal))
        {
            return refusal;
        }

        var found = await FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(
                await chains.UploadAsync(request, found.Value.Tunnel, found.Value.Authority, upload, cancellationToken)
            )
            : found.Refusal;
    }

    public async ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.ApproveAuthorityRequest, cancellationToken);
        if (!body.TryGet(out var approval, out var refusal))
        {
            return refusal;
        }

        var found = await FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(
                await chains.ApproveAsync(
                    request,
                    found.Value.Tunnel,
                    found.Value.Authority,
                    approval.Fingerprint,
                    cancellationToken
                )
            )
            : found.Refusal;
    }

    /// <summary>Imports a key that was created elsewhere; refused unless the configuration allows it.</summary>
    public async ValueTask<ApiAnswer> ImportAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.ImportKeyRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (!wanted.Read().TryGet(out var file, out refusal))
        {
            return refusal;
        }

        try
        {
            var found = await FindLiveAsync(request, cancellationToken);
            return found.IsOk
                ? Answer(
                    await commands.ImportAsync(request, found.Value.Authority, file, wanted.Password, cancellationToken)
                )
                : found.Refusal;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>Continues a registration whose key or request could not be created at first.</summary>
    public async ValueTask<ApiAnswer> PrepareAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await commands.PrepareAsync(request, found.Value.Authority, cancellationToken))
            : found.Refusal;
    }

    public async ValueTask<ApiAnswer> OverrideAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.OverrideAuthorityRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (wanted.Check() is { } invalid)
        {
            return invalid;
        }

        var found = await FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await commands.OverrideAsync(request, found.Value.Authority, wanted, cancellationToken))
            : found.Refusal;
    }

    public ApiHandler Run(AuthorityCommand command) =>
        (request, cancellationToken) => RunAsync(request, command, cancellationToken);

    private async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        AuthorityCommand command,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadJsonOrEmptyAsync(
            CertificatesJson.Default.AuthorityCommandRequest,
            AuthorityCommandRequest.None,
            cancellationToken
        );
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (wanted.Check() is { } invalid)
        {
            return invalid;
        }

        // Commands that stop an authority must work on an archived tunnel too.
        if (command is AuthorityCommand.Taint or AuthorityCommand.Delete)
        {
            var any = await FindAsync(request, cancellationToken);
            return any.IsOk
                ? Answer(await commands.RunAsync(request, any.Value, command, wanted, cancellationToken))
                : any.Refusal;
        }

        var found = await FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await commands.RunAsync(request, found.Value.Authority, command, wanted, cancellationToken))
            : found.Refusal;
    }

    private Refusal? CheckCustody(ApiRequest request, AuthorityCustody custody, string? keyLabel)
    {
        if (custody == AuthorityCustody.Pkcs11 && !hsm.IsConfigured)
        {
            return RequestErrors.Invalid.Refuse("custody: pkcs11 needs an HSM: set keys.pkcs11 and restart.");
        }

        if (custody == AuthorityCustody.Imported && !options.Value.DangerousAllowKeyImport)
        {
            return AuthorityErrors.ImportOff.Refuse();
        }

        if (keyLabel is null)
        {
            return null;
        }

        if (custody != AuthorityCustody.Pkcs11 || !KeyLabel().IsMatch(keyLabel))
        {
            return RequestErrors.Invalid.Refuse(
                "key_label: only for custody pkcs11: 1 to 64 letters, digits, dots, hyphens or underscores."
            );
        }

        // The token serves every organization and also holds the key that signs tokens.
        if (!request.Caller.Has(Scopes.InstallationOperate))
        {
            return AuthErrors
                .Scope.Refuse("Which key of the installation's token it is needs the scope installation:operate.")
                .With("required_scope", Scopes.InstallationOperate);
        }

        return
            keyLabel.StartsWith(TokenKeyHsm.LabelPrefix, StringComparison.Ordinal)
            || keyLabel.StartsWith(AuthorityKeys.LabelPrefix, StringComparison.Ordinal)
            ? RequestErrors.Invalid.Refuse("key_label: labels of that kind are the service's own.")
            : null;
    }

    private async ValueTask<Result<TunnelAuthority>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!CertificateAuthorityId.TryParse(request.Route("ca_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var authority = await authorities.FindAsync(id.Value, cancellationToken);
        return authority is not null && request.Caller.Sees(authority.OrganizationId, authority.WorkspaceId)
            ? authority
            : RequestErrors.NotFound.Refuse();
    }

    private async ValueTask<Result<(Tunnel Tunnel, TunnelAuthority Authority)>> FindLiveAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!(await FindAsync(request, cancellationToken)).TryGet(out var authority, out var refusal))
        {
            return refusal;
        }

        var tunnel = await tunnels.FindAsync(authority.TunnelId.Value, cancellationToken);
        return tunnel is null or { IsArchived: true } ? TunnelErrors.Archived.Refuse() : (tunnel, authority);
    }

    private async ValueTask<Result<Tunnel>> FindTunnelAsync(
        ApiRequest request,
        string tunnelId,
        CancellationToken cancellationToken
    )
    {
        var tunnel = TunnelId.TryParse(tunnelId, out var id)
            ? await tunnels.FindAsync(id.Value, cancellationToken)
            : null;
        return tunnel is not null && request.Caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId)
            ? tunnel
            : RequestErrors.NotFound.Refuse();
    }

    private ApiAnswer Answer(Result<TunnelAuthority> result) =>
        result.IsOk
            ? ApiAnswer.Json(
                AuthorityDocument.From(result.Value, options.Value) with
                {
                    Chain = result.Value.ChainPem is null
                        ? null
                        : [.. AuthorityChains.Read(result.Value).Select(AuthorityCertificateDocument.From)],
                },
                CertificatesJson.Default.AuthorityDocument
            )
            : result.Refusal;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex KeyLabel();
}
