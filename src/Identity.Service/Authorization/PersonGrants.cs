using System.Diagnostics.CodeAnalysis;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The last checks of a token for a person, whatever it is requested with.</summary>
internal sealed class PersonGrants(
    GrantGate gate,
    AuthorizationServer server,
    IJournal journal,
    FederationDirectory directory,
    ClockGuard clock
)
{
    // Fails closed: neither a grant nor a denial could be recorded, or an archived rule would grant.
    public Refusal? FindObstacle() =>
        !journal.IsHealthy || directory.IsStale ? StorageErrors.Unavailable.Refuse() : clock.RefusalIfAlarmed();

    /// <summary>Binds the token to the client's key, and checks that nothing it is made of was revoked.</summary>
    public bool TryCreate(
        PersonTerms terms,
        in ProvenBinding proven,
        DateTimeOffset now,
        [NotNullWhen(true)] out Grant? grant,
        out DenialReason denial
    )
    {
        var rule = terms.Decided.Rule!;
        grant = null;
        if (
            !Bindings.TryBind(rule.Rule.Bind, proven, out var confirmation)
            || (terms.Client.RequiresDpop && confirmation.KeyThumbprint is null)
        )
        {
            denial = DenialReason.BindingRequired;
            return false;
        }

        var remaining = (int)Math.Min((terms.ExpiresAt - now).TotalSeconds, GrantDecider.LongestAtRoutesSeconds);
        var created = new Grant
        {
            Rule = rule,
            RuleVersion = rule.Rule.Version,
            WorkspaceId = terms.Decided.WorkspaceId,
            Scope = terms.Decided.Scope,
            LifetimeSeconds = Math.Min(remaining, rule.Rule.TokenLifetimeSeconds),
            Audience = terms.Resource,
            Confirmation = confirmation,
            Family = terms.Family,
            TokenId = RandomId.New(),
            Source = new TokenSource
            {
                IssuerId = terms.IssuerId,
                SubjectHash = Sha256Text.ToBase64Url(terms.Subject),
                TokenIdHash = terms.TokenIdHash,
                RootExpiresAt = terms.ExpiresAt.ToUnixTimeSeconds(),
            },
            Issuer = server.GetIssuer(rule.Rule.OrganizationId),
            Person = new PersonGrant(PersonSubject.Format(terms.IssuerId, terms.Subject), terms.Client.ClientId),
        };
        if (gate.CheckRevocation(created, terms.StatedAt) is { } revoked)
        {
            denial = revoked.Reason;
            return false;
        }

        grant = created;
        denial = default;
        return true;
    }
}
