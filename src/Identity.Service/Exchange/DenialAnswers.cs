using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// The answer to a denied caller. For JSON, at the token endpoint or with a signing request, it is always the same
/// opaque 401. For forms, it is OAuth's error; only what the caller itself requested (scope, target, binding) has an
/// error of its own, and only after its token was verified. The answer contains the reason only if the issuer's
/// <c>caller_detail</c> allows it, and then as the caller's own claim, never as what the rule expects.
/// </summary>
internal static class DenialAnswers
{
    private static readonly TimeSpan KeysRetryAfter = TimeSpan.FromSeconds(5);

    public static Refusal ToRefusal(ExchangeForm form, in TokenExchangeResult result) =>
        form switch
        {
            ExchangeForm.Json or ExchangeForm.Certificate => ExchangeErrors.Failed.Refuse(),
            // RFC 8693 §2.2.2: a token that is not accepted is an invalid request.
            ExchangeForm.TokenExchange => ToRefusal(
                result,
                ExchangeErrors.InvalidRequest.Refuse("The subject or actor token is not accepted.")
            ),
            _ => ToRefusal(result),
        };

    /// <summary>The answer to a denied assertion (RFC 6749 §5.2).</summary>
    public static Refusal ToRefusal(in TokenExchangeResult result) =>
        ToRefusal(result, ExchangeErrors.InvalidGrant.Refuse("The assertion is not accepted."));

    private static Refusal ToRefusal(in TokenExchangeResult result, Refusal general)
    {
        if (result is not { Denial: { } denial, Context: { } context })
        {
            return general;
        }

        if (denial.Reason == DenialReason.KeysUnavailable)
        {
            return ExchangeErrors.KeysUnavailable.Refuse() with { RetryAfter = KeysRetryAfter };
        }

        if (!context.IsProven)
        {
            return general;
        }

        var refusal = denial.Reason switch
        {
            DenialReason.ScopeNotGranted => ExchangeErrors.InvalidScope.Refuse(),
            DenialReason.TargetNotAllowed => ExchangeErrors.InvalidTarget.Refuse(),
            DenialReason.BindingRequired => ExchangeErrors.UnauthorizedClient.Refuse(),
            _ => general,
        };
        return context.Rule.Issuer.CallerDetail == CallerDetail.Claim ? WithReason(refusal, denial, context) : refusal;
    }

    private static Refusal WithReason(Refusal refusal, Denial denial, AssertionContext context)
    {
        refusal = refusal.With("reason", denial.Reason.Name());
        return denial.Claim is { } claim
            ? refusal.With("claim", claim).With("claim_value", ClaimText.Read(context.Claims, claim))
            : refusal;
    }
}
