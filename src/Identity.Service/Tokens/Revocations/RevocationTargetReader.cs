using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>
/// Converts a request's kind and members into one value. Exactly the members of the kind may be present: with a
/// superfluous one, the caller would believe in a narrowing that does not exist.
/// </summary>
internal sealed class RevocationTargetReader(IRuleStore rules, IssuerStore issuers, ServiceAccountStore accounts)
{
    public async ValueTask<Result<RevocationTarget>> ReadAsync(
        string organizationId,
        CreateRevocationRequest request,
        CancellationToken cancellationToken
    )
    {
        if (WireNames.Find<RevocationKind>(request.Kind) is not { } kind)
        {
            return RequestErrors.Invalid.Refuse($"kind: one of {RevocationKinds.Names} is required.");
        }

        if (CheckMembers(kind, request) is { } error)
        {
            return RequestErrors.Invalid.Refuse(error);
        }

        if (!await RefersToOwnAsync(organizationId, request, cancellationToken))
        {
            return RequestErrors.NotFound.Refuse();
        }

        return new RevocationTarget(
            kind,
            kind switch
            {
                RevocationKind.Token => request.TokenId!,
                RevocationKind.Family => request.Family!,
                RevocationKind.Rule => request.RuleId!,
                RevocationKind.RuleVersion => TokenTraits.RuleVersionValue(request.RuleId!, request.RuleVersion!.Value),
                RevocationKind.Principal => request.ServiceAccountId!,
                RevocationKind.Issuer => request.IssuerId!,
                RevocationKind.Subject => TokenTraits.SubjectValue(
                    request.IssuerId!,
                    Sha256Text.ToBase64Url(request.Subject!)
                ),
                _ => "",
            }
        );
    }

    private static string? CheckMembers(RevocationKind kind, CreateRevocationRequest request)
    {
        (string Name, bool IsSet, bool IsWanted)[] members =
        [
            ("token_id", request.TokenId is not null, kind == RevocationKind.Token),
            ("family", request.Family is not null, kind == RevocationKind.Family),
            ("rule_id", request.RuleId is not null, kind is RevocationKind.Rule or RevocationKind.RuleVersion),
            ("rule_version", request.RuleVersion is not null, kind == RevocationKind.RuleVersion),
            ("service_account_id", request.ServiceAccountId is not null, kind == RevocationKind.Principal),
            ("issuer_id", request.IssuerId is not null, kind is RevocationKind.Issuer or RevocationKind.Subject),
            ("subject", request.Subject is not null, kind == RevocationKind.Subject),
        ];
        foreach (var (name, isSet, isWanted) in members)
        {
            if (isSet != isWanted)
            {
                return isSet ? $"{name}: not with kind {kind.Name()}." : $"{name}: required with kind {kind.Name()}.";
            }
        }

        if (request.IssuedBefore is not null && !kind.KnowsTime())
        {
            return $"issued_before: not with kind {kind.Name()}, which is revoked permanently.";
        }

        return CheckLength("token_id", request.TokenId, CreateRevocationRequest.MaxIdLength)
            ?? CheckLength("family", request.Family, CreateRevocationRequest.MaxIdLength)
            ?? CheckLength("subject", request.Subject, CreateRevocationRequest.MaxSubjectLength)
            ?? (request.RuleVersion is < 1 ? "rule_version: 1 or more is required." : null);
    }

    private static string? CheckLength(string name, string? text, int longest) =>
        text is null || (text.Length > 0 && text.Length <= longest)
            ? null
            : $"{name}: 1 to {longest} characters are required.";

    // Another organization's id is answered like an unknown one (S1). Archived records may be revoked.
    private async ValueTask<bool> RefersToOwnAsync(
        string organizationId,
        CreateRevocationRequest request,
        CancellationToken cancellationToken
    ) =>
        (request.RuleId is not { } rule || await rules.FindAsync(organizationId, rule, cancellationToken) is not null)
        && (
            request.IssuerId is not { } issuer
            || await issuers.FindAsync(organizationId, issuer, cancellationToken) is not null
        )
        && (
            request.ServiceAccountId is not { } account
            || await accounts.FindAsync(organizationId, account, cancellationToken) is not null
        );
}
