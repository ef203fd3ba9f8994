using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>Identifies relying parties by their own credential, or by the service account of an access token.</summary>
internal sealed class RelyingPartyDirectory(RelyingPartyStore parties)
{
    private static readonly FrozenSet<string> Rights = FrozenSet.Create(StringComparer.Ordinal, Scopes.BundleRead);

    public async ValueTask<Result<Caller>> ValidateAsync(string credential, CancellationToken cancellationToken)
    {
        var hash = Credentials.Hash(credential);
        return await parties.FindBySecretAsync(hash, cancellationToken) is { } party
            ? Result<Caller>.Ok(
                new Caller
                {
                    Kind = CallerKind.RelyingParty,
                    OrganizationId = party.OrganizationId,
                    WorkspaceId = party.WorkspaceId,
                    Scopes = Rights,
                    ActorId = party.Id.Value,
                    CredentialHash = Convert.ToHexStringLower(hash),
                    TunnelId = party.TunnelId.Value,
                }
            )
            : AuthErrors.Invalid.Refuse();
    }

    /// <summary>A relying party of the tunnel, or none if the caller may manage the tunnel; others are refused.</summary>
    public async ValueTask<Result<BundleReader>> SpeakerAsync(
        Caller caller,
        Tunnel tunnel,
        CancellationToken cancellationToken
    )
    {
        if (caller.Has(Scopes.BundleRead) && await FindAsync(caller, tunnel, cancellationToken) is { } party)
        {
            return new BundleReader(party);
        }

        if (caller.Has(Scopes.ManageTunnels))
        {
            return new BundleReader(Party: null);
        }

        // For a relying party's credential another tunnel does not exist.
        return caller.Kind == CallerKind.RelyingParty ? RequestErrors.NotFound.Refuse()
            : caller.Has(Scopes.BundleRead) ? RelyingPartyErrors.Unknown.Refuse()
            : AuthErrors.Scope.RefuseWithout(Scopes.BundleRead);
    }

    private async ValueTask<RelyingParty?> FindAsync(Caller caller, Tunnel tunnel, CancellationToken cancellationToken)
    {
        if (caller.Kind == CallerKind.RelyingParty)
        {
            return caller.TunnelId == tunnel.Id.Value
                ? await parties.FindAsync(caller.ActorId, cancellationToken)
                : null;
        }

        // A federation rule that names tunnels counts only for those.
        if (
            caller.ServiceAccountId is not { } account
            || (caller.TunnelIds.Count > 0 && !caller.TunnelIds.Contains(tunnel.Id.Value))
        )
        {
            return null;
        }

        var live = await parties.ListAsync(tunnel.Id, includeArchived: false, cancellationToken);
        return live.FirstOrDefault(party => party.ServiceAccountId == account);
    }
}
