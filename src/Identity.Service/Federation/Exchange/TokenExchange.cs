using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// The jwt-bearer grant (RFC 7523): 1. find the rule, 2. evaluate the assertion, 3. decide what is granted, 4. commit
/// the decision with its mark of single use while 5. the token is signed, 6. hand it out only once the commit is
/// durable.
/// </summary>
internal sealed class TokenExchange(
    FederationDirectory directory,
    IJournal journal,
    DenialRecorder denials,
    AssertionEvaluator evaluator,
    AccessTokenFactory tokens,
    ServiceOptions options,
    TimeProvider time
)
{
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
        return await evaluator.EvaluateAsync(context, cancellationToken) is { } denial
            ? await DenyAsync(context, denial, cancellationToken)
            : await CommitAsync(context, GrantOf(context), cancellationToken);
    }

    private Grant GrantOf(AssertionContext context)
    {
        var rule = context.Rule;
        var now = context.Now.ToUnixTimeSeconds();
        var lifetime = TokenLifetime.OfAssertion(rule, rule.OAuthScope, context.ExpiresAt - now);
        return new Grant
        {
            Rule = rule,
            RuleVersion = rule.Rule.Version,
            WorkspaceId = context.WorkspaceId!,
            Scope = rule.OAuthScope,
            LifetimeSeconds = lifetime,
            Audience = options.PublicUrl,
            Family = RandomId.New(),
            TokenId = RandomId.New(),
            Source = new GrantSource
            {
                IssuerId = rule.Issuer.Id.Value,
                SubjectHash = Sha256Text.Base64UrlOf(context.Subject),
                TokenIdHash = context.Claims.FindString("jti"u8) is { } id ? Sha256Text.Base64UrlOf(id) : null,
                RootExpiresAt = now + lifetime,
            },
        };
    }

    private async ValueTask<TokenExchangeResult> CommitAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        var commit = journal.CommitAsync(
            new Decision
            {
                Event = Audited(context, AuditStatus.Success) with { Grant = grant },
                Replay = ReplayKeyOf(context),
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );
        // Signed while the commit is on its way; nobody sees it before that is through.
        var token = tokens.Mint(grant, context.Now);
        var result = await commit;
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return await DenyAsync(context, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        return result.RefusalIfUnavailable() is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Granted(grant, token);
    }

    private async ValueTask<TokenExchangeResult> DenyAsync(
        AssertionContext context,
        Denial denial,
        CancellationToken cancellationToken
    )
    {
        var audited = context.IsProven
            ? Audited(context, AuditStatus.Denied(denial.Reason.Name(), denial.Detail))
            : null;
        return await denials.RecordAsync(context, denial, audited, cancellationToken) is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Denied;
    }

    private static FederatedAuthentication Audited(AssertionContext context, AuditStatus status)
    {
        var rule = context.Rule;
        var claims = context.Claims;
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
}
