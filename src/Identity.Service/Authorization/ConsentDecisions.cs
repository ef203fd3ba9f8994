using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Records what a person answered, and makes the code.</summary>
internal sealed class ConsentDecisions(
    RefreshGrantStore grants,
    SealedValues values,
    IJournal journal,
    Current<AuthorizationOptions> options,
    TimeProvider time
)
{
    private const int RefreshKeyBytes = 32;

    /// <summary>
    /// Whether the person allowed this client the route and these scopes before, and the grant lives. Only a client that is
    /// known by its https redirect URI is remembered: any program on a computer can take the place of one that listens there
    /// (RFC 8252 §8.6).
    /// </summary>
    public async ValueTask<bool> IsRememberedAsync(
        string organizationId,
        AuthorizationRequest request,
        SignedInPerson person,
        PersonDecision decided,
        CancellationToken cancellationToken
    ) =>
        request.RedirectUri.StartsWith("https://", StringComparison.Ordinal)
        && await grants.HasAsync(
            organizationId,
            decided.Rule!.Issuer.Id.Value,
            person.Subject,
            request.ClientId,
            request.Resource,
            decided.Scope.Split(' '),
            time.GetStoreNow(),
            cancellationToken
        );

    /// <param name="once">Null if the person was not asked.</param>
    public async ValueTask<Result<string>> AllowAsync(
        ApiRequest http,
        string organizationId,
        AuthorizationRequest request,
        SignedInPerson person,
        PersonDecision decided,
        ReplayKey? once,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var rule = decided.Rule!;
        var grant = new RefreshGrant
        {
            Id = RandomId.New(),
            OrganizationId = organizationId,
            IssuerId = rule.Issuer.Id.Value,
            Person = person,
            RefreshKey = RandomNumberGenerator.GetBytes(RefreshKeyBytes),
            ClientId = request.ClientId,
            Resource = request.Resource,
            Scope = decided.Scope,
            RuleId = rule.Rule.Id.Value,
            Family = RandomId.New(),
            KeyThumbprint = request.KeyThumbprint,
            SignedInAt = person.ReadIssuedAt(now),
            IdleUntil = now + PersonTokens.CodeLife,
            ExpiresAt = now + options.Value.RefreshLifetime,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.SignedIn(
                    new AuditOrigin(now, AuthorizationEvents.Cause(http, person)),
                    grant
                ),
                Replay = once,
                Statements = [grants.Insert(grant), .. RecordUse(grant.ClientId, now)],
            },
            cancellationToken
        );
        return FindRefusal(result) is { } refusal
            ? refusal
            : values.Seal(
                PersonTokens.CodePurpose,
                organizationId,
                new CodeContent(
                    grant.Id,
                    grant.Family,
                    request.ClientId,
                    request.RedirectUri,
                    request.Challenge,
                    request.KeyThumbprint,
                    (now + PersonTokens.CodeLife).ToUnixTimeSeconds()
                ),
                AuthorizationJson.Default.CodeContent
            );
    }

    /// <summary>Null if the denial is recorded.</summary>
    /// <param name="once">Null if the person was not asked.</param>
    public async ValueTask<Refusal?> DenyAsync(
        ApiRequest http,
        string organizationId,
        AuthorizationRequest request,
        SignedInPerson person,
        string reason,
        ReplayKey? once,
        CancellationToken cancellationToken
    )
    {
        var origin = new AuditOrigin(time.GetStoreNow(), AuthorizationEvents.Cause(http, person));
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.SignInDenied(origin, organizationId, request, reason),
                Replay = once,
            },
            cancellationToken
        );
        return FindRefusal(result);
    }

    /// <summary>A consent page can be answered once.</summary>
    /// <param name="text">The sealed request that the page carried. Its bytes count, whose text may be written in several ways.</param>
    public static ReplayKey CreateReplayKey(string text, ConsentRequest consent) =>
        new(
            SHA256.HashData(Base64Url.DecodeFromChars(text)),
            DateTimeOffset.FromUnixTimeSeconds(consent.ExpiresAt) + FederationOptions.LongestLeeway
        );

    private static IEnumerable<Statement> RecordUse(string clientId, DateTimeOffset now) =>
        OAuthClientId.TryParse(clientId, out var id) ? [OAuthClientStore.RecordSignIn(id, now)] : [];

    private static Refusal? FindRefusal(CommitResult result) =>
        result.Outcome == CommitOutcome.Replayed
            ? AuthorizationErrors.Consent.Refuse()
            : result.RefusalUnlessCommitted();
}
