using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Redeems codes and refresh tokens: 1. the credential belongs to the request, 2. the rule still grants, 3. nothing is
/// revoked, 4. one decision makes the next refresh token the valid one, 5. the token is returned once that is durable.
/// </summary>
internal sealed class PersonTokens(
    RefreshGrantStore grants,
    GrantEnder ender,
    PersonRules rules,
    PersonGrants issuance,
    GrantGate gate,
    OAuthClients.OAuthClients clients,
    AccessTokenFactory tokens,
    SealedValues values,
    IJournal journal,
    Current<AuthorizationOptions> options,
    TimeProvider time
)
{
    public const string CodePurpose = "code";

    /// <summary>RFC 6749 §4.1.2 recommends ten minutes at most; a client redeems its code at once.</summary>
    public static readonly TimeSpan CodeLife = TimeSpan.FromSeconds(60);

    // Seconds since 1970.
    private long expiredEndedAt;

    public async ValueTask<Result<PersonTokenDocument>> RedeemCodeAsync(
        PersonTokenRequest request,
        CancellationToken cancellationToken
    )
    {
        if (issuance.FindObstacle() is { } obstacle)
        {
            return obstacle;
        }

        var code = values.Open(
            CodePurpose,
            request.OrganizationId,
            request.Credential,
            AuthorizationJson.Default.CodeContent
        );
        if (
            code is null
            || time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(code.ExpiresAt)
            || code.ClientId != request.ClientId
            || code.RedirectUri != request.RedirectUri
            || !IsVerifier(request.Verifier, code.Challenge)
            || (code.KeyThumbprint is { } key && key != request.Proven.KeyThumbprint)
        )
        {
            return AuthorizationErrors.InvalidGrant.Refuse();
        }

        if (await grants.FindAsync(request.OrganizationId, code.GrantId, cancellationToken) is not { } grant)
        {
            return AuthorizationErrors.InvalidGrant.Refuse();
        }

        if (grant.Generation > 0)
        {
            return await ender.EndReusedCodeAsync(request.Request, grant, cancellationToken);
        }

        // The generation of its grant makes the code single-use.
        return await IssueAsync(request, grant, TokenGrants.AuthorizationCode, cancellationToken);
    }

    public async ValueTask<Result<PersonTokenDocument>> RefreshAsync(
        PersonTokenRequest request,
        CancellationToken cancellationToken
    )
    {
        if (issuance.FindObstacle() is { } obstacle)
        {
            return obstacle;
        }

        var now = time.GetUtcNow();
        if (
            !RefreshToken.TryParse(request.Credential, out var token)
            || await grants.FindAsync(request.OrganizationId, token.GrantId, cancellationToken) is not { } grant
            || !token.IsOf(grant)
            || grant.ClientId != request.ClientId
        )
        {
            return AuthorizationErrors.InvalidGrant.Refuse();
        }

        if (token.Generation < grant.Generation)
        {
            // Either the client or a thief has the newer one (RFC 9700 §4.14.2): neither may continue.
            return await ender.EndReusedRefreshAsync(request.Request, grant, cancellationToken);
        }

        return
            token.Generation != grant.Generation
            || now >= grant.IdleUntil
            || now >= grant.ExpiresAt
            || (grant.KeyThumbprint is { } key && key != request.Proven.KeyThumbprint)
            ? AuthorizationErrors.InvalidGrant.Refuse()
            : await IssueAsync(request, grant, TokenGrants.RefreshToken, cancellationToken);
    }

    private async ValueTask<Result<PersonTokenDocument>> IssueAsync(
        PersonTokenRequest request,
        RefreshGrant grant,
        string grantType,
        CancellationToken cancellationToken
    )
    {
        if (request.Resource is not null && request.Resource != grant.Resource)
        {
            return AuthorizationErrors.InvalidTarget.Refuse();
        }

        var held = grant.Scope.Split(' ');
        if (request.Scopes is { } wanted && !wanted.All(held.Contains))
        {
            return AuthorizationErrors.InvalidScope.Refuse();
        }

        var now = time.GetStoreNow();
        var origin = new AuditOrigin(now, AuthorizationEvents.Cause(request.Request, grant.Person));
        if (await DecideAsync(request, grant, held, now, cancellationToken) is var (issued, denial) && issued is null)
        {
            return await DenyAsync(origin, grant, grantType, denial, cancellationToken);
        }

        if (gate.TryPass(request.Proven, issued) is { } limited)
        {
            return limited;
        }

        var bound = grant with { KeyThumbprint = issued.Confirmation.KeyThumbprint };
        var commit = journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.TokenIssued(origin, bound, grantType, issued.TokenId, issued.Scope),
                Statements =
                [
                    grants.Advance(
                        grant,
                        bound.KeyThumbprint,
                        Earlier(now + options.Value.RefreshIdle, grant.ExpiresAt)
                    ),
                    .. EndExpired(now),
                ],
            },
            cancellationToken
        );
        var text = tokens.MintText(issued, now);
        var result = await commit;
        if (result.Outcome == CommitOutcome.Stale)
        {
            // Another request with the same credential was first.
            return grantType == TokenGrants.AuthorizationCode
                ? await ender.EndReusedCodeAsync(request.Request, grant, cancellationToken)
                : await ender.EndReusedRefreshAsync(request.Request, grant, cancellationToken);
        }

        return result.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : PersonTokenDocument.Create(text, issued, RefreshToken.Create(grant, grant.Generation + 1));
    }

    private async ValueTask<(Grant? Grant, DenialReason Denial)> DecideAsync(
        PersonTokenRequest request,
        RefreshGrant grant,
        IReadOnlyList<string> held,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (
            !(await clients.FindAsync(grant.OrganizationId, grant.ClientId, cancellationToken)).TryGet(
                out var client,
                out _
            )
        )
        {
            return (null, DenialReason.ActorInvalid);
        }

        var decided = await rules.DecideAsync(
            grant.OrganizationId,
            grant.RuleId,
            grant.Person,
            grant.Resource,
            grant.ClientId,
            request.Scopes ?? held,
            cancellationToken
        );
        if (decided.Rule is null)
        {
            return (null, decided.Denial);
        }

        var terms = new PersonTerms(
            decided,
            client,
            grant.IssuerId,
            grant.Person.Subject,
            grant.Resource,
            grant.Family,
            grant.SignedInAt,
            grant.ExpiresAt
        );
        return issuance.TryCreate(terms, request.Proven, now, out var issued, out var denial)
            ? (issued, default)
            : (null, denial);
    }

    private async ValueTask<Result<PersonTokenDocument>> DenyAsync(
        AuditOrigin origin,
        RefreshGrant grant,
        string grantType,
        DenialReason denial,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.TokenIssued(origin, grant, grantType, null, null, denial.Name()),
                // Revocations are forgotten after the longest life of an access token; a grant lives longer.
                Statements = denial == DenialReason.TokenRevoked ? [grants.End(grant.Id)] : [],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() ?? AuthorizationErrors.InvalidGrant.Refuse();
    }

    // Once a minute: grants that expired are refused in any case.
    private IEnumerable<Statement> EndExpired(DateTimeOffset now)
    {
        var last = Volatile.Read(ref expiredEndedAt);
        var at = now.ToUnixTimeSeconds();
        return at - last >= 60 && Interlocked.CompareExchange(ref expiredEndedAt, at, last) == last
            ? [grants.EndExpired(now)]
            : [];
    }

    // RFC 7636 §4.1: 43 to 128 characters.
    private static bool IsVerifier(string? verifier, string challenge) =>
        verifier is { Length: >= 43 and <= 128 }
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)))),
            Encoding.ASCII.GetBytes(challenge)
        );

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
