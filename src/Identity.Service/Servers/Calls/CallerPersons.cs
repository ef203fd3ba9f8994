using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>
/// The person in whose name a call was made: the same one with a token of their identity provider and with one of the
/// organization's authorization server (S34).
/// </summary>
internal sealed class CallerPersons(IssuerStore issuers, ServiceIdentity identity)
{
    /// <summary>Null if the route does not authenticate callers, or the token has no subject.</summary>
    public async ValueTask<string?> FindAsync(
        string organizationId,
        CallApprovalRequest call,
        CancellationToken cancellationToken
    )
    {
        if (call.Issuer.Length == 0 || call.Subject.Length == 0)
        {
            return null;
        }

        return
            call.Issuer == OrganizationIssuer.GetUrl(identity.PublicUrl, organizationId)
            && PersonSubject.TryParse(call.Subject, out var issuerId, out var subject)
            && await issuers.FindAsync(organizationId, issuerId, cancellationToken) is { } issuer
            ? PersonId.FromSubject(issuer.Url, subject)
            : PersonId.FromSubject(call.Issuer, call.Subject);
    }

    /// <summary>The <see cref="CallerKey"/> of a person with each of the issuers; the agent reports either.</summary>
    public (string Provider, string Organization) GetKeys(Issuer issuer, string subject) =>
        (
            CallerKey.Compute(issuer.Url, subject, clientId: ""),
            CallerKey.Compute(
                OrganizationIssuer.GetUrl(identity.PublicUrl, issuer.OrganizationId),
                PersonSubject.Format(issuer.Id.Value, subject),
                clientId: ""
            )
        );
}
