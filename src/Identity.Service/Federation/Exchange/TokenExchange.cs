using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// The jwt-bearer grant (RFC 7523): 1. find the rule, 2. run the checks in their order, 3. commit the decision with
/// its mark of single use while 4. the token is signed, 5. hand it out only once the commit is durable.
/// </summary>
internal sealed class TokenExchange(
    FederationDirectory directory,
    IJournal journal,
    UnprovenRefusals unproven,
    AccessTokenFactory tokens,
    ITenantStore tenants,
    ServiceOptions options,
    TimeProvider time
)
{
    /// <summary>Shortest life of an access token, even if the assertion ends sooner.</summary>
    public const int MinLifetimeSeconds = 60;

    /// <summary>Longest life of a token that machines enrol with.</summary>
    public const int MaxMachineLifetimeSeconds = 3600;

    private const int TokenIdBytes = 16;

    private readonly IReadOnlyList<IAssertionCheck> checks = AssertionChecks.InOrder(options, tenants);

    public async ValueTask<TokenExchangeResult> ExchangeAsync(
        ExchangeRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!journal.IsHealthy || directory.IsStale)
        {
            // Fail closed before any work: neither a grant nor a denial could be recorded (S13), or a rule that was
            // archived would still grant.
            return TokenExchangeResult.Refused(StorageErrors.Unavailable.Refuse());
        }

        if (directory.Current.FindRule(request.RuleId) is not { } rule)
        {
            return TokenExchangeResult.Denied;
        }

        var context = new AssertionContext(request, rule, time.GetUtcNow());
        foreach (var check in checks)
        {
            if (await check.CheckAsync(context, cancellationToken) is { } denial)
            {
                return await DenyAsync(context, denial, cancellationToken);
            }
        }

        return await GrantAsync(context, cancellationToken);
    }

    private async ValueTask<TokenExchangeResult> GrantAsync(
        AssertionContext context,
        CancellationToken cancellationToken
    )
    {
        var rule = context.Rule;
        var now = context.Now.ToUnixTimeSeconds();
        var lifetime = LifetimeSeconds(rule, context.ExpiresAt - now);
        var tokenId = NewTokenId();
        var commit = journal.CommitAsync(
            new Decision
            {
                Event = Audited(context, AuditStatus.Success) with
                {
                    TokenId = tokenId,
                    WorkspaceId = context.WorkspaceId,
                    Scope = rule.OAuthScope,
                    TokenExpiresAt = now + lifetime,
                },
                Replay = ReplayKeyOf(context),
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );
        // Signed while the commit is on its way; nobody sees it before that is through.
        var token = tokens.Mint(context, tokenId, now, lifetime);
        var result = await commit;
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return await DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        return result.RefusalIfUnavailable() is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : new TokenExchangeResult
            {
                Outcome = TokenExchangeOutcome.Granted,
                Token = token,
                ExpiresInSeconds = lifetime,
                Scope = rule.OAuthScope,
                OrganizationId = rule.Rule.OrganizationId,
                WorkspaceId = context.WorkspaceId,
            };
    }

    private async ValueTask<TokenExchangeResult> DenyAsync(
        AssertionContext context,
        Denial denial,
        CancellationToken cancellationToken
    )
    {
        if (!context.IsProven)
        {
            var unavailable = await unproven.RecordAsync(context, denial, cancellationToken);
            return unavailable is null ? TokenExchangeResult.Denied : TokenExchangeResult.Refused(unavailable);
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = Audited(context, AuditStatus.Denied(denial.Reason.Name(), denial.Detail)),
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );
        return result.RefusalIfUnavailable() is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Denied;
    }

    /// <summary>
    /// Twice what the assertion has left, so that a workload with short assertions need not exchange all the time; at
    /// most what the rule grants, at least a minute.
    /// </summary>
    internal static int LifetimeSeconds(CompiledRule rule, long remainingSeconds)
    {
        var granted = Math.Min(rule.Rule.TokenLifetimeSeconds, 2 * remainingSeconds);
        var longest = rule.IsForMachines ? MaxMachineLifetimeSeconds : int.MaxValue;
        return (int)Math.Min(longest, Math.Max(MinLifetimeSeconds, granted));
    }

    private static FederatedAuthentication Audited(AssertionContext context, AuditStatus status)
    {
        var rule = context.Rule;
        var claims = context.Token.Claims;
        var subject = context.Subject ?? UntrustedText.Bounded(claims.FindString("sub"u8) ?? "");
        return new FederatedAuthentication
        {
            At = context.Now,
            Actor = new AuditActor
            {
                Type = "federated",
                Id = rule.Account.Id.Value,
                Issuer = rule.Issuer.Url,
                Subject = subject,
                IpAddress = context.Request.Source.ToString(),
                UserAgent = context.Request.UserAgent is { } agent ? UntrustedText.Bounded(agent) : null,
            },
            OrganizationId = rule.Rule.OrganizationId,
            RequestId = context.Request.RequestId,
            Status = status,
            RuleId = rule.Rule.Id.Value,
            RuleVersion = rule.Rule.Version,
            IssuerId = rule.Issuer.Id.Value,
            ServiceAccountId = rule.Account.Id.Value,
            RequestedServiceAccountId = context.Request.ServiceAccountId,
            ClaimsJson = claims.Json,
            AssertionId = context.SingleUseId ?? BoundedId(claims),
        };
    }

    // SHA-256 over issuer and jti: the same jti of another issuer is another assertion. Remembered until the
    // assertion could not be presented anyway.
    private ReplayKey? ReplayKeyOf(AssertionContext context)
    {
        if (context.SingleUseId is not { } id)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Rule.Issuer.Id.Value}\n{id}"), hash);
        return new ReplayKey(hash, DateTimeOffset.FromUnixTimeSeconds(context.ExpiresAt) + options.Federation.Leeway);
    }

    private static string? BoundedId(ClaimSet claims) =>
        claims.FindString("jti"u8) is { } id ? UntrustedText.Bounded(id) : null;

    private static string NewTokenId()
    {
        Span<byte> random = stackalloc byte[TokenIdBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
