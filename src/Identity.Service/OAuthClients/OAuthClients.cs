using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Finds the client that a <c>client_id</c> names.</summary>
internal sealed class OAuthClients(
    OAuthClientStore store,
    ClientDocuments documents,
    Current<OAuthClientOptions> options,
    IRevisions revisions
)
{
    private readonly LastRead<RegisteredClient> known = new(revisions);

    /// <summary>Refused if the client is unknown or archived, or its document is not acceptable.</summary>
    public async ValueTask<Result<OAuthClient>> FindAsync(
        string organizationId,
        string clientId,
        CancellationToken cancellationToken
    )
    {
        if (OAuthClientId.TryParse(clientId, out var id))
        {
            var found = await known.FindAsync(
                $"{organizationId}/{id.Value}",
                (_, cancel) => store.FindAsync(organizationId, id.Value, cancel),
                cancellationToken
            );
            return found is not { } client ? OAuthClientErrors.Unknown.Refuse()
                : client.IsArchived ? OAuthClientErrors.Archived.Refuse()
                : client.RegisteredBy == RegisteredBy.Administrator ? client.ToClient()
                : AdmitSelfRegistered(client);
        }

        if (!clientId.StartsWith(ClientDocumentUrls.Prefix, StringComparison.Ordinal))
        {
            return OAuthClientErrors.Unknown.Refuse();
        }

        // Read at each use: a host that the operator removes is refused at once, although its documents are cached.
        var hosts = options.Value.DocumentHosts;
        return hosts.Count == 0 ? OAuthClientErrors.DocumentsOff.Refuse()
            : ClientDocumentUrls.FindHost(clientId) is not { } host ? OAuthClientErrors.DocumentUrl.Refuse()
            : !ClientDocumentUrls.IsAllowed(hosts, host) ? OAuthClientErrors.DocumentHost.Refuse()
            : await documents.FindAsync(organizationId, clientId, cancellationToken);
    }

    // Read at each use, like the hosts of documents.
    private Result<OAuthClient> AdmitSelfRegistered(RegisteredClient client)
    {
        var registration = options.Value.Registration;
        return registration.Enabled
            ? client.ToClient() with
            {
                RedirectUris =
                [
                    .. client.RedirectUris.Where(uri => RedirectUris.LeadsTo(registration.RedirectHosts, uri)),
                ],
            }
            : OAuthClientErrors.RegistrationOff.Refuse();
    }
}
