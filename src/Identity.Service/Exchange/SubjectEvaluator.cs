using Culvert.Identity.Service.Exchange.OwnTokens;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Finds a token's subject: an identity provider's with the evaluator, this service's by its claims.</summary>
internal sealed class SubjectEvaluator(AssertionEvaluator evaluator, OwnSubjects ownSubjects, ServiceIdentity identity)
{
    public async ValueTask<SubjectDecision> EvaluateAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        if (context.Request.IsOwnToken)
        {
            return await ownSubjects.EvaluateAsync(context, cancellationToken);
        }

        if (await evaluator.EvaluateAsync(context, cancellationToken) is { } denial)
        {
            return denial;
        }

        // The types overlap (RFC 8693 §3: an identity token is a JWT), but an access token is not an identity token.
        if (
            context.Request.SubjectTokenKind == SubjectTokenKind.IdToken
            && context.Token.HasType(AccessTokenMinter.TokenType)
        )
        {
            return new Denial(DenialReason.TokenTypeMismatch);
        }

        return new GrantSubject
        {
            Rule = context.Rule,
            RuleVersion = context.Rule.Rule.Version,
            WorkspaceId = context.WorkspaceId!,
            ExpiresAt = context.ExpiresAt,
            SubjectHash = Sha256Text.ToBase64Url(context.Subject),
            MayAct = MayActClaim.Read(context.Claims, identity.PublicUrl),
            TokenIdHash = context.TokenId is { } id ? Sha256Text.ToBase64Url(id) : null,
        };
    }
}
